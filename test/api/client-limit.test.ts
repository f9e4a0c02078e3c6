import { expect, test } from '@jest/globals';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp } from '../support/test-app.js';

const FROM_A = { headers: { 'x-forwarded-for': '192.0.2.1' } };
const FROM_B = { headers: { 'x-forwarded-for': '192.0.2.2' } };

test('the sign-in attempts of one client address are limited across accounts, and other clients are not affected', async () => {
  const app = await createTestApp({ trustedHops: 1, lockout: { maxAttemptsPerClient: 10, durationSeconds: 60 } });
  const ada = await app.register();
  const guesses = Array.from({ length: 30 }, () =>
    app.mutate('login', { email: newEmail(), password: 'wrong' }, FROM_A),
  );
  const outcomes = await Promise.all(guesses);
  const compared = outcomes.filter(({ __typename }) => __typename === 'InvalidCredentialsError');
  const refused = outcomes.filter(({ __typename }) => __typename === 'TooManyRequestsError');
  expect([compared.length, refused.length]).toEqual([10, 20]);
  // Those that came while the ten were compared hear that there may be room again at once.
  for (const { retryAfterSeconds } of refused) expect([1, 60]).toContain(retryAfterSeconds);
  app.clock.advance(12);
  const later = await app.mutate('login', { email: newEmail(), password: 'wrong' }, FROM_A);
  expect(later.retryAfterSeconds).toBe(48);
  const right = { email: ada.email, password: ada.password };
  expect((await app.mutate('login', right, FROM_A)).__typename).toBe('TooManyRequestsError');
  expect((await app.mutate('login', right, FROM_B)).__typename).toBe('LoginSuccess');
  app.clock.advance(49);
  expect((await app.mutate('login', right, FROM_A)).__typename).toBe('LoginSuccess');
});

test('a rejected client does not use up attempts of the account', async () => {
  const app = await createTestApp({ trustedHops: 1, lockout: { maxAttempts: 3, maxAttemptsPerClient: 2 } });
  const ada = await app.register();
  for (let n = 0; n < 10; n += 1) await app.mutate('login', { email: ada.email, password: 'wrong' }, FROM_A);
  const outcome = await app.mutate('login', { email: ada.email, password: ada.password }, FROM_B);
  expect(outcome.__typename).toBe('LoginSuccess');
});

test.each([
  ['however the proxy writes it', ['192.0.2.7', '192.0.2.7:5555', '::ffff:192.0.2.7'], '192.0.2.8:5555'],
  [
    'wherever in its own network',
    ['2001:db8:1:1::1', '[2001:db8:1:1::2]:443', '2001:DB8:1:1:ffff::3'],
    '2001:db8:1:2::1',
  ],
  ['as the proxy if it does not name the client', ['unknown', '_hidden', 'unknown:4711'], '192.0.2.8'],
])('a client is counted as one, %s', async (_name, addresses, other) => {
  const app = await createTestApp({ trustedHops: 1, lockout: { maxAttemptsPerClient: addresses.length } });
  const guess = async (address: string): Promise<string> => {
    const headers = { 'x-forwarded-for': address };
    return (await app.mutate('login', { email: newEmail(), password: 'wrong' }, { headers })).__typename;
  };
  for (const address of addresses) expect(await guess(address)).toBe('InvalidCredentialsError');
  for (const address of addresses) expect(await guess(address)).toBe('TooManyRequestsError');
  expect(await guess(other)).toBe('InvalidCredentialsError');
});

test.each([
  ['with the lockout', true],
  ['without the lockout, which then locks no account', false],
])('a client is limited from the first wrong password if so set, %s', async (_name, enabled) => {
  const app = await createTestApp({ trustedHops: 1, lockout: { enabled, maxAttempts: 1, maxAttemptsPerClient: 1 } });
  const ada = await app.register();
  const guess = async (from: object, password = 'wrong'): Promise<string> =>
    (await app.mutate('login', { email: ada.email, password }, from)).__typename;
  expect(await guess(FROM_A)).toBe('InvalidCredentialsError');
  expect(await guess(FROM_A)).toBe('TooManyRequestsError');
  expect(await guess(FROM_B, ada.password)).toBe(enabled ? 'AccountLockedError' : 'LoginSuccess');
});

test('wrong passwords of a client count in a fixed window, however many follow them', async () => {
  const app = await createTestApp({ trustedHops: 1, lockout: { maxAttemptsPerClient: 3, durationSeconds: 60 } });
  const guess = async (): Promise<string> =>
    (await app.mutate('login', { email: newEmail(), password: 'wrong' }, FROM_A)).__typename;
  for (let n = 0; n < 8; n += 1) {
    expect(await guess()).toBe('InvalidCredentialsError');
    app.clock.advance(31);
  }
  app.clock.advance(60);
  const outcomes: string[] = [];
  for (const seconds of [59, 2, 1, 1, 0]) {
    outcomes.push(await guess());
    app.clock.advance(seconds);
  }
  // The first two are in an earlier window.
  expect(outcomes).toEqual(Array(5).fill('InvalidCredentialsError'));
  expect(await guess()).toBe('TooManyRequestsError');
});

test.each(['changePassword', 'changeEmail'] as const)(
  'wrong passwords in %s count for the client',
  async (mutation) => {
    const app = await createTestApp({ trustedHops: 1, lockout: { enabled: false, maxAttemptsPerClient: 3 } });
    const [ada, bob] = [await app.register(), await app.register()];
    const change = async (user: SignedIn, from: object, currentPassword = 'wrong'): Promise<string> => {
      const input = mutation === 'changeEmail' ? { newEmail: newEmail() } : { newPassword: 'the best horse battery' };
      const request = { ...from, token: user.accessToken };
      return (await app.mutate(mutation, { ...input, currentPassword }, request)).__typename;
    };
    expect(await change(ada, FROM_A)).toBe('InvalidCredentialsError');
    expect(await change(bob, FROM_A)).toBe('InvalidCredentialsError');
    const wrong = { email: newEmail(), password: 'wrong' };
    expect((await app.mutate('login', wrong, FROM_A)).__typename).toBe('InvalidCredentialsError');
    expect(await change(ada, FROM_A, ada.password)).toBe('TooManyRequestsError');
    expect((await app.mutate('login', wrong, FROM_A)).__typename).toBe('TooManyRequestsError');
    expect(await change(ada, FROM_B)).toBe('InvalidCredentialsError');
  },
);

test('a request of a session that has ended takes no place of its client', async () => {
  const app = await createTestApp({ trustedHops: 1, lockout: { maxAttemptsPerClient: 1 } });
  const ada = await app.register();
  await app.mutation('logout', undefined, { token: ada.accessToken });
  const input = { currentPassword: ada.password, newPassword: 'the best horse battery' };
  const { errors } = await app.mutation('changePassword', input, { ...FROM_A, token: ada.accessToken });
  expect(errors[0]?.extensions).toMatchObject({ reason: 'SESSION_ENDED' });
  const right = { email: ada.email, password: ada.password };
  expect((await app.mutate('login', right, FROM_A)).__typename).toBe('LoginSuccess');
});
