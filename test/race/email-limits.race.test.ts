import { beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

let open: Cluster;
let strict: Cluster;
beforeAll(async () => {
  open = await startTwoServices({ EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '7' });
  strict = await startTwoServices({ REGISTRATION_REQUIRE_EMAIL_VERIFICATION: 'true' });
});

async function count({ database }: Cluster, sql: string): Promise<number> {
  return Number((await database.sql<{ count: number }>(`select count(*)::int as count ${sql}`))[0]?.count);
}

test('of twenty concurrent registrations from one client address, exactly the allowed number succeeds', async () => {
  const outcomes = await atOnce(20, (turn) =>
    open.service(turn).mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD }),
  );
  expect(outcomes.filter(({ __typename }) => __typename === 'LoginSuccess')).toHaveLength(7);
  expect(outcomes.filter(({ __typename }) => __typename === 'TooManyRequestsError')).toHaveLength(13);
  expect(await count(open, 'from auth_user')).toBe(7);
});

test('of twenty concurrent registrations of one unverified address, one is accepted', async () => {
  const email = newEmail();
  const outcomes = await atOnce(20, (turn) =>
    strict.service(turn).mutate('register', { email, password: `${DEFAULT_PASSWORD} ${String(turn)}` }),
  );
  const names = outcomes.map(({ __typename }) => __typename);
  expect(names.filter((name) => name === 'EmailVerificationRequired')).toHaveLength(1);
  expect(names.filter((name) => name === 'TooManyRequestsError')).toHaveLength(19);
  expect(await count(strict, 'from auth_registration_claim')).toBe(1);
});
