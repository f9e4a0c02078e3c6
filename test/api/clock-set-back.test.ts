import { expect, test } from '@jest/globals';
import { newEmail, type Outcome } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { createTestApp, TEST_SECRET } from '../support/test-app.js';
import { createTokenVerifier } from '../../packages/verifier/src/index.js';

const HOUR = 3600;
const LOCK = 900;

test('an access token from before counts as expired, and the session stays open for a refresh', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  await app.me(ada.accessToken);
  app.clock.advance(-HOUR);
  expect((await app.me(ada.accessToken)).errors[0]?.extensions).toEqual({
    code: 'UNAUTHENTICATED',
    reason: 'TOKEN_EXPIRED',
  });
  const { tokens } = await app.refresh(ada.refreshToken);
  expect((await app.me(tokens?.accessToken)).errors).toEqual([]);
});

test('an access token from a clock that differs by a few seconds is valid', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  app.clock.advance(-30);
  expect((await app.me(ada.accessToken)).errors).toEqual([]);
});

test('other subgraphs reject a token from before as expired, even if they have verified it already', async () => {
  const app = await createTestApp();
  const verifier = createTokenVerifier({ secret: TEST_SECRET, clock: app.clock });
  const { accessToken } = await app.register();
  await verifier.verify(accessToken);
  app.clock.advance(-HOUR);
  await expect(verifier.verify(accessToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
});

test('a change of roles from before does not make later tokens stale', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  await app.auth.services.roles.set(ada.userId, ['editor']);
  app.clock.advance(-HOUR);
  const { tokens } = await app.refresh(ada.refreshToken);
  expect((await app.me(tokens?.accessToken)).errors).toEqual([]);
  expect((await app.auth.revocations()).users).toEqual({});
});

test('the grace period of a refresh token is not extended', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  const { tokens } = await app.refresh(ada.refreshToken);
  app.clock.advance(-HOUR);
  expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
  expect((await app.refresh(tokens?.refreshToken ?? '')).__typename).toBe('InvalidTokenError');
});

test('the grace periods of earlier tokens are not extended, and a step of a few seconds does not end them', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  const first = await app.refresh(ada.refreshToken);
  const second = await app.refresh(first.tokens?.refreshToken ?? '');
  app.clock.advance(-5);
  expect(await app.refresh(ada.refreshToken)).toEqual(second);
  app.clock.advance(-HOUR);
  const third = await app.refresh(second.tokens?.refreshToken ?? '');
  expect(third.__typename).toBe('LoginSuccess');
  expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
});

test('an earlier token whose chain of rotations has a gap is not answered with a token that was never stored', async () => {
  const app = await createTestApp({ refreshReuseGraceSeconds: 30 });
  const ada = await app.register();
  const next = async (token: string): Promise<string> => (await app.refresh(token)).tokens?.refreshToken ?? '';
  const first = await next(ada.refreshToken);
  app.clock.advance(-40);
  const second = await next(first);
  app.clock.advance(25);
  const third = await next(second);
  app.clock.advance(10);
  const fourth = await next(third);
  expect((await app.refresh(ada.refreshToken)).__typename).toBe('TooManyRequestsError');
  expect((await app.refresh(fourth)).__typename).toBe('LoginSuccess');
});

test('a lock is shortened to its usual duration, but not ended', async () => {
  const app = await createTestApp({ lockout: { durationSeconds: LOCK } });
  const ada = await app.register();
  const login = (password = ada.password): Promise<Outcome> => app.mutate('login', { email: ada.email, password });
  for (let time = 0; time < 5; time += 1) await login('wrong');
  app.clock.advance(-24 * HOUR);
  expect(await login()).toMatchObject({ __typename: 'AccountLockedError', retryAfterSeconds: LOCK });
  app.clock.advance(LOCK - 1);
  expect(await login()).toMatchObject({ __typename: 'AccountLockedError', retryAfterSeconds: 1 });
  app.clock.advance(1);
  expect((await login()).__typename).toBe('LoginSuccess');
});

test('the lock of a client address is shortened too', async () => {
  const app = await createTestApp({ lockout: { durationSeconds: LOCK, maxAttemptsPerClient: 2 } });
  const login = (): Promise<Outcome> => app.mutate('login', { email: newEmail(), password: 'wrong' });
  for (let time = 0; time < 2; time += 1) await login();
  app.clock.advance(-24 * HOUR);
  expect(await login()).toMatchObject({ __typename: 'TooManyRequestsError', retryAfterSeconds: LOCK });
  app.clock.advance(LOCK);
  expect((await login()).__typename).toBe('InvalidCredentialsError');
});

test('a link from before does not stay valid longer than usual', async () => {
  const app = await createTestApp({ background: true });
  const ada = await app.register();
  await app.mutate('forgotPassword', { email: ada.email });
  const token = await app.mailer.token(ada.email, 'reset-password');
  const reset = (): Promise<Outcome> => app.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' });
  app.clock.advance(-24 * HOUR);
  expect(await reset()).toEqual(INVALID_TOKEN);
  app.clock.advance(24 * HOUR);
  expect((await reset()).__typename).toBe('PasswordChanged');
});

test('a new session is not ended in favour of sessions from before if the user has reached the limit', async () => {
  const app = await createTestApp({ session: { maxPerUser: 2 } });
  const ada = await app.register();
  await app.login(ada);
  app.clock.advance(-24 * HOUR);
  for (let time = 0; time < 3; time += 1) {
    const opened = await app.login(ada);
    expect((await app.me(opened.accessToken)).errors).toEqual([]);
    expect((await app.refresh(opened.refreshToken)).__typename).toBe('LoginSuccess');
  }
});
