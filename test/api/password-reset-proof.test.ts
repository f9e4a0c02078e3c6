import { beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
});

test('a password reset by email verifies the address', async () => {
  const email = newEmail();
  await app.mutate('register', { email, password: DEFAULT_PASSWORD });
  await app.mutate('forgotPassword', { email });
  const token = await app.mailer.token(email, 'reset-password');
  await app.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' });
  expect((await app.login({ email, password: 'a brand new pass phrase' })).email).toBe(email);
});

test('a reset forgets the devices that an old password made known', async () => {
  const email = newEmail();
  await app.mutate('register', { email, password: DEFAULT_PASSWORD });
  await app.mutate('verifyEmail', { token: await app.mailer.token(email, 'verify-email') });
  const { deviceToken } = await app.mutate('login', { email, password: DEFAULT_PASSWORD });
  await app.mutate('forgotPassword', { email });
  const token = await app.mailer.token(email, 'reset-password');
  await app.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' });
  const again = await app.mutate('login', { email, password: 'a brand new pass phrase', deviceToken });
  expect(again.deviceToken).toMatch(/^[\w-]{43}$/);
  expect(again.deviceToken).not.toBe(deviceToken);
});
