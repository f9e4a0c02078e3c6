import { expect, test } from '@jest/globals';
import { createTestApp } from '../support/test-app.js';

const DAY = 24 * 60 * 60;

/** The clock is ahead for a while, as after a wrong answer of a time server. */
test.each([60, DAY])(
  'after a clock that was %s seconds ahead, sessions from before and meanwhile work',
  async (ahead) => {
    const app = await createTestApp();
    const ada = await app.register();
    app.clock.advance(ahead);
    const meanwhile = await app.login(ada);
    const refreshed = await app.refresh(ada.refreshToken);
    app.clock.advance(-ahead);
    for (const refreshToken of [meanwhile.refreshToken, refreshed.tokens?.refreshToken ?? '']) {
      const { tokens } = await app.refresh(refreshToken);
      expect((await app.me(tokens?.accessToken)).errors).toEqual([]);
    }
  },
);

test('after a clock that was ahead, a session that was ended meanwhile stays ended', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  app.clock.advance(DAY);
  const { tokens } = await app.refresh(ada.refreshToken);
  await app.mutate('logout', undefined, { token: tokens?.accessToken });
  app.clock.advance(-DAY);
  expect((await app.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  expect((await app.refresh(tokens?.refreshToken ?? '')).__typename).toBe('InvalidTokenError');
});

test('after a clock that was ahead, a link from before works once and a replaced password does not', async () => {
  const app = await createTestApp({ background: true });
  const ada = await app.register();
  await app.mutate('forgotPassword', { email: ada.email });
  const token = await app.mailer.token(ada.email, 'reset-password');
  app.clock.advance(60);
  const reset = { token, newPassword: 'another horse battery staple' };
  expect((await app.mutate('resetPassword', reset)).__typename).toBe('PasswordChanged');
  app.clock.advance(-60);
  expect((await app.mutate('resetPassword', reset)).__typename).toBe('InvalidTokenError');
  const { email, password } = ada;
  expect((await app.mutate('login', { email, password })).__typename).toBe('InvalidCredentialsError');
  await app.login({ email, password: reset.newPassword });
});
