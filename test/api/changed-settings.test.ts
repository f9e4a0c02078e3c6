import { beforeAll, describe, expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const HOUR_MS = 3_600_000;

/** The process with the earlier settings. */
let before: TestApp;
beforeAll(async () => {
  before = await createTestApp({ background: true });
});

/** A process on the same database that has other settings. */
async function changed(options: TestOptions): Promise<TestApp> {
  return createTestApp({ ...options, clock: before.clock, database: { url: before.database.url } });
}

describe('when addresses must be verified from now on', () => {
  test('a user whose address is not verified keeps the access token, and neither refreshes nor signs in', async () => {
    const after = await changed({ registration: { requireEmailVerification: true } });
    const ada = await before.register();
    expect(await after.me(ada.accessToken)).toMatchObject({ data: { me: { id: ada.userId } } });
    expect(await after.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect((await after.mutate('login', { email: ada.email, password: ada.password })).__typename).toBe(
      'EmailNotVerifiedError',
    );
  });

  test('the link that the user got before works, and the session goes on', async () => {
    const after = await changed({ registration: { requireEmailVerification: true } });
    const ada = await before.register();
    const token = await before.mailer.token(ada.email, 'verify-email');
    expect((await after.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
    expect((await after.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
  });
});

test.each([{ issuer: 'https://auth.example.com' }, { audience: 'another' }])(
  'with another %p access tokens are rejected, and a refresh returns one that is accepted',
  async (jwt) => {
    const after = await changed({ jwt });
    const ada = await before.register();
    expect((await after.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
    const { tokens } = await after.refresh(ada.refreshToken);
    expect(await after.me(tokens?.accessToken)).toMatchObject({ data: { me: { id: ada.userId } } });
  },
);

test('a longer maximum lifetime leaves open sessions the end that they have', async () => {
  const short = await createTestApp({ session: { maxLifetime: '2h' }, jwt: { refreshTokenExpiration: '1h' } });
  const after = await createTestApp({ clock: short.clock, database: { url: short.database.url } });
  const ada = await short.register();
  const { tokens } = await after.refresh(ada.refreshToken);
  expect(new Date(tokens?.refreshTokenExpiresAt ?? '').getTime()).toBe(short.clock.now().getTime() + 2 * HOUR_MS);
});

test('with another secret access tokens are rejected, and sessions and links that were sent go on', async () => {
  const after = await changed({ jwt: { secret: 'another secret of the tests that is long enough' } });
  const ada = await before.register();
  const token = await before.mailer.token(ada.email, 'verify-email');
  expect((await after.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
  const { tokens } = await after.refresh(ada.refreshToken);
  expect(await after.me(tokens?.accessToken)).toMatchObject({ data: { me: { id: ada.userId } } });
  expect((await after.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
});

test('when registration is closed, links that were sent before and sessions still work', async () => {
  const after = await changed({ registration: { enabled: false } });
  const ada = await before.register();
  const token = await before.mailer.token(ada.email, 'verify-email');
  expect((await after.mutate('register', { email: newEmail(), password: ada.password })).__typename).toBe(
    'RegistrationDisabledError',
  );
  expect((await after.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
  expect((await after.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
});

describe('a lock of before', () => {
  async function lockedUser(): Promise<{ email: string; password: string }> {
    const { email, password } = await before.register();
    for (let count = 0; count < 5; count++) await before.mutate('login', { email, password: `wrong ${String(count)}` });
    return { email, password };
  }

  test('lasts until it ends if accounts are no longer locked', async () => {
    const after = await changed({ lockout: { enabled: false } });
    const ada = await lockedUser();
    expect((await after.mutate('login', ada)).__typename).toBe('AccountLockedError');
    before.clock.advance(15 * 60);
    expect((await after.mutate('login', ada)).__typename).toBe('LoginSuccess');
  });

  test('lasts no longer than a shorter time, from the next sign-in', async () => {
    const after = await changed({ lockout: { durationSeconds: 60 } });
    const ada = await lockedUser();
    expect(await after.mutate('login', ada)).toMatchObject({ __typename: 'AccountLockedError', retryAfterSeconds: 60 });
    before.clock.advance(60);
    expect((await after.mutate('login', ada)).__typename).toBe('LoginSuccess');
  });
});

test('with a lower maximum of wrong passwords, the next one locks', async () => {
  const after = await changed({ lockout: { maxAttempts: 2 } });
  const { email } = await before.register();
  for (const password of ['wrong 1', 'wrong 2', 'wrong 3']) await before.mutate('login', { email, password });
  const next = async (): Promise<unknown> => (await after.mutate('login', { email, password: 'wrong 4' })).__typename;
  expect([await next(), await next()]).toEqual(['InvalidCredentialsError', 'AccountLockedError']);
});
