import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

describe('verifyEmail', () => {
  test('verifies the address that the token was mailed to, once', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    expect(await app.mutate('verifyEmail', { token })).toEqual({
      __typename: 'EmailVerified',
      user: { id: ada.userId },
    });
    const answer = await app.request('{ me { emailVerified } }', {}, { token: ada.accessToken });
    expect(answer.data).toEqual({ me: { emailVerified: true } });
    expect(await app.mutate('verifyEmail', { token })).toMatchObject({ __typename: 'EmailAlreadyVerifiedError' });
  });
});
