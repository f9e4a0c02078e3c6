import { beforeAll, describe, expect, test } from '@jest/globals';
import { CountingHasher } from '../support/counting-hasher.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** Everything that a stranger could tell accounts apart by. */
interface Trace {
  readonly status: number;
  readonly text: string;
  readonly statements: number;
  readonly comparisons: number;
  readonly hashes: number;
}

const STATES = ['known', 'unknown', 'unverified', 'closed', 'locked', 'locked unknown'] as const;
type State = (typeof STATES)[number];
const OPEN_STATES = STATES.filter((state) => !state.startsWith('locked'));

const hasher = new CountingHasher();
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ hasher, registration: { requireEmailVerification: true }, lockout: { maxAttempts: 3 } });
  await trace('login', newEmail(), { password: 'wrong' });
});

/** An address whose account is in a state. */
async function addressOf(state: State): Promise<string> {
  const email = newEmail();
  if (state.endsWith('unknown')) return lockIf(state, email);
  await app.mutate('register', { email, password: DEFAULT_PASSWORD });
  await app.database.sql('update auth_user set email_verified_at = $2, active = $3 where email = $1', [
    email,
    state === 'unverified' ? null : app.clock.now(),
    state !== 'closed',
  ]);
  return lockIf(state, email);
}

async function lockIf(state: State, email: string): Promise<string> {
  if (state.startsWith('locked'))
    for (let time = 0; time < 3; time += 1) await app.mutate('login', { email, password: 'wrong' });
  return email;
}

async function trace(field: string, email: string, more: object = {}): Promise<Trace> {
  const before = { comparisons: hasher.comparisons, hashes: hasher.hashes };
  let answer = { status: 0, text: '' };
  const statements = await app.database.countStatements(async () => {
    answer = await app.mutation(field, { email, ...more });
  });
  return {
    status: answer.status,
    text: answer.text.replaceAll(email, '<address>'),
    statements,
    comparisons: hasher.comparisons - before.comparisons,
    hashes: hasher.hashes - before.hashes,
  };
}

async function tracesOf(field: string, states: readonly State[], more?: object): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const state of states) traces.push(await trace(field, await addressOf(state), more));
  return traces;
}

function expectAllAlike(traces: readonly Trace[], expected: Partial<Trace>): void {
  expect(traces[0]).toMatchObject(expected);
  for (const one of traces) expect(one).toEqual(traces[0]);
}

describe('a stranger cannot tell who has an account', () => {
  test('by a sign-in with a wrong password', async () => {
    expectAllAlike(await tracesOf('login', OPEN_STATES, { password: 'wrong' }), { comparisons: 1, hashes: 0 });
  });

  test('by the attempt that causes a lock', async () => {
    const traces: Trace[] = [];
    for (const state of OPEN_STATES) {
      const email = await addressOf(state);
      for (let time = 0; time < 2; time += 1) await app.mutate('login', { email, password: 'wrong' });
      traces.push(await trace('login', email, { password: 'wrong' }));
    }
    expectAllAlike(traces, { comparisons: 1, hashes: 0 });
  });

  test('by a sign-in during a lock', async () => {
    const traces = await tracesOf('login', ['locked', 'locked unknown'], { password: 'wrong' });
    expectAllAlike(traces, { comparisons: 0, hashes: 0 });
    expect(traces[0]?.text).toContain('AccountLockedError');
  });

  test('by a sign-in with a device token of another user', async () => {
    const more = { password: 'wrong', deviceToken: 'A'.repeat(43) };
    expectAllAlike(await tracesOf('login', OPEN_STATES, more), { comparisons: 1, hashes: 0 });
  });

  test('by the correct password of a closed account', async () => {
    const [closed, unknown] = await tracesOf('login', ['closed', 'unknown'], { password: DEFAULT_PASSWORD });
    expect(closed).toEqual(unknown);
  });

  test.each(['forgotPassword', 'resendVerification'])('by %s', async (field) => {
    expectAllAlike(await tracesOf(field, STATES), { statements: 1, comparisons: 0, hashes: 0 });
  });

  test('by registering the address', async () => {
    const more = { password: 'another long password', firstName: 'Ada' };
    const addresses: string[] = [];
    for (const state of OPEN_STATES) addresses.push(await addressOf(state));
    app.clock.advance(60);
    const traces: Trace[] = [];
    for (const email of addresses) traces.push(await trace('register', email, more));
    expectAllAlike(traces, { statements: 1, comparisons: 0, hashes: 1 });
    expect(traces[0]?.text).toContain('EmailVerificationRequired');
    const repeated: Trace[] = [];
    for (const email of addresses) repeated.push(await trace('register', email, more));
    expectAllAlike(repeated, { comparisons: 0, hashes: 1 });
    expect(repeated[0]?.text).toContain('TooManyRequestsError');
  });

  test('by registering the address with a weak password', async () => {
    expectAllAlike(await tracesOf('register', OPEN_STATES, { password: 'short' }), { statements: 0, hashes: 0 });
  });
});
