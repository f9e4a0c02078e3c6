import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { importUser } from '../support/user-lines.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ registration: { requireEmailVerification: true }, background: true });
});

/** Makes an account that has a password, and to which nobody has signed in. */
type Making = (email: string) => Promise<unknown>;

async function resetPassword(email: string): Promise<void> {
  await app.mutate('forgotPassword', { email });
  const token = await app.mailer.token(email, 'reset-password');
  await app.mutate('resetPassword', { token, newPassword: DEFAULT_PASSWORD });
}

const MAKINGS: [string, Making][] = [
  [
    'whose address the user has verified',
    async (email) => {
      await app.mutate('register', { email, password: DEFAULT_PASSWORD });
      await app.mutate('verifyEmail', { token: await app.mailer.token(email, 'verify-email') });
    },
  ],
  [
    'that an operator has created without an invitation',
    async (email) => {
      await app.auth.services.userCreation.create({ email, emailVerified: true, invite: false });
      await resetPassword(email);
    },
  ],
  [
    'that was imported, and never used in the former system',
    async (email) => {
      await importUser(app, { email, emailVerified: true });
      await resetPassword(email);
    },
  ],
];

/** Signs in on a new device. */
async function signIn(email: string): Promise<void> {
  expect((await app.mutate('login', { email, password: DEFAULT_PASSWORD })).__typename).toBe('LoginSuccess');
}

describe.each(MAKINGS)('an account %s', (_case, make) => {
  test('gets an email about the second device, and none about the first', async () => {
    const email = newEmail();
    await make(email);
    await signIn(email);
    await signIn(email);
    await app.mailer.next(email, 'new-device');
    expect(app.mailer.to(email, 'new-device')).toHaveLength(1);
  });
});
