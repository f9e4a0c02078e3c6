import { beforeAll, expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

const MAX_ATTEMPTS = 5;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({
    LOCKOUT_MAX_ATTEMPTS: String(MAX_ATTEMPTS),
    LOCKOUT_MAX_ATTEMPTS_PER_CLIENT: '100000',
  });
});

test('concurrent correct passwords in two processes lock nobody out', async () => {
  const { email, password } = await cluster.service(0).register();
  for (let round = 0; round < 5; round += 1) {
    const outcomes = await atOnce(20, (turn) => cluster.service(turn).mutate('login', { email, password }));
    for (const { __typename, retryAfterSeconds = 1 } of outcomes) {
      expect(['LoginSuccess', 'TooManyRequestsError']).toContain(__typename);
      expect(retryAfterSeconds).toBe(1);
    }
    expect((await cluster.service(round).mutate('login', { email, password })).__typename).toBe('LoginSuccess');
  }
});

test('concurrent correct and wrong passwords of one client, for known and unknown addresses, never deadlock', async () => {
  const users = await atOnce(3, (turn) => cluster.service(turn).register());
  const emails = [...users.map(({ email }) => email), newEmail(), newEmail()];
  for (let round = 0; round < 5; round += 1) {
    const answers = await atOnce(40, (turn) => {
      const email = emails[turn % emails.length] ?? '';
      const password = turn % 3 === 0 ? 'wrong' : (users[0]?.password ?? '');
      return cluster.service(turn).mutation('login', { email, password });
    });
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  }
});

test('concurrent failures lock after exactly the allowed number', async () => {
  const { email } = await cluster.service(0).register();
  let failures = 0;
  let outcomes: string[] = [];
  while (!outcomes.includes('AccountLockedError')) {
    const all = await atOnce(8, (turn) => cluster.service(turn).mutate('login', { email, password: 'wrong' }));
    outcomes = all.map(({ __typename }) => __typename);
    failures += outcomes.filter((outcome) => outcome === 'InvalidCredentialsError').length;
  }
  expect(failures).toBe(MAX_ATTEMPTS);
});
