import { beforeAll, describe, expect, test } from '@jest/globals';
import { newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a brand new pass phrase';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

function change(user: SignedIn, currentPassword = user.password, newPassword = NEW_PASSWORD): Promise<Outcome> {
  return app.mutate('changePassword', { currentPassword, newPassword }, { token: user.accessToken });
}

async function login(email: string, password: string): Promise<string> {
  return (await app.mutate('login', { email, password })).__typename;
}

async function refusal(token?: string): Promise<unknown> {
  const input = { currentPassword: 'whatever it is', newPassword: NEW_PASSWORD };
  return (await app.mutation('changePassword', input, { token })).errors[0]?.extensions;
}

describe('changePassword', () => {
  test('sets the password: the new one signs in and the old one does not', async () => {
    const ada = await app.register();
    expect(await change(ada)).toEqual({ __typename: 'PasswordChanged', user: { id: ada.userId } });
    expect(await login(ada.email, ada.password)).toBe('InvalidCredentialsError');
    expect(await login(ada.email, NEW_PASSWORD)).toBe('LoginSuccess');
    await app.mailer.next(ada.email, 'password-changed');
  });

  test('forgets the devices that the old password made known', async () => {
    const ada = await app.register();
    const { deviceToken } = await app.mutate('login', { email: ada.email, password: ada.password });
    await app.mailer.next(ada.email, 'new-device');
    await change(ada);
    await app.mailer.next(ada.email, 'password-changed');
    const again = { email: ada.email, password: NEW_PASSWORD, deviceToken };
    expect((await app.mutate('login', again)).__typename).toBe('LoginSuccess');
    expect((await app.mailer.next(ada.email, 'new-device')).to).toBe(ada.email);
  });

  test('keeps this session and ends the others', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const bob = await app.register();
    await change(ada);
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
    expect((await app.me(other.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await app.refresh(other.refreshToken)).__typename).toBe('InvalidTokenError');
    expect((await app.me(bob.accessToken)).errors).toEqual([]);
  });

  test('a second change requires the password set by the first', async () => {
    const ada = await app.register();
    await change(ada);
    expect(await change(ada, ada.password, 'yet another pass phrase')).toEqual(INVALID_CREDENTIALS);
    expect((await change(ada, NEW_PASSWORD, 'yet another pass phrase')).__typename).toBe('PasswordChanged');
  });

  test('only one of two concurrent changes succeeds', async () => {
    const ada = await app.register();
    const passwords = ['pass phrase the first', 'pass phrase the second'];
    const outcomes = await Promise.all(passwords.map((password) => change(ada, ada.password, password)));
    const names = outcomes.map((outcome) => outcome.__typename);
    expect([...names].sort()).toEqual(['InvalidCredentialsError', 'PasswordChanged']);
    expect(await login(ada.email, passwords[names.indexOf('PasswordChanged')] ?? '')).toBe('LoginSuccess');
  });

  test.each([
    ['zq7!kx', 'MIN_LENGTH'],
    ['é'.repeat(37), 'MAX_LENGTH'],
    ['password1', 'COMMON_PASSWORD'],
  ])('rejects %j, which breaks a rule, and changes nothing', async (newPassword, rule) => {
    const ada = await app.register();
    const other = await app.login(ada);
    expect(await change(ada, ada.password, newPassword)).toMatchObject({
      __typename: 'WeakPasswordError',
      code: 'AUTH_WEAK_PASSWORD',
      violations: [rule],
    });
    expect((await app.me(other.accessToken)).errors).toEqual([]);
    expect(await login(ada.email, ada.password)).toBe('LoginSuccess');
  });

  test('rejects the current password as the new one', async () => {
    const ada = await app.register();
    expect((await change(ada, ada.password, ada.password)).violations).toEqual(['REUSED']);
    const composed = await app.register({ password: 'pâté de campagne' });
    const respelled = composed.password.normalize('NFD');
    expect((await change(composed, composed.password, respelled)).violations).toEqual(['REUSED']);
  });

  test('consumes an open token that changes the address, which anyone who knew the old password may have requested', async () => {
    const ada = await app.register();
    const thief = await app.login(ada);
    const theirs = newEmail();
    const input = { newEmail: theirs, currentPassword: ada.password };
    await app.mutate('changeEmail', input, { token: thief.accessToken });
    const token = await app.mailer.token(theirs, 'change-email-confirm');
    await change(ada);
    expect((await app.mutate('confirmEmailChange', { token }, { token: ada.accessToken })).__typename).toBe(
      'InvalidTokenError',
    );
    expect(await login(ada.email, NEW_PASSWORD)).toBe('LoginSuccess');
  });

  test('keeps a token that verifies the address valid', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    await change(ada);
    expect((await app.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
  });

  test('consumes an open token that resets the password', async () => {
    const ada = await app.register();
    await app.mutate('forgotPassword', { email: ada.email });
    const token = await app.mailer.token(ada.email, 'reset-password');
    await change(ada);
    const outcome = await app.mutate('resetPassword', { token, newPassword: 'yet another pass phrase' });
    expect(outcome.__typename).toBe('InvalidTokenError');
    expect(await login(ada.email, NEW_PASSWORD)).toBe('LoginSuccess');
  });
});

describe('guesses of the current password', () => {
  test('count like those of a login, and also lock the login for the address', async () => {
    const ada = await app.register();
    for (let guess = 0; guess < 5; guess += 1) expect(await change(ada, 'wrong')).toEqual(INVALID_CREDENTIALS);
    const locked = await change(ada);
    expect(locked).toMatchObject({ __typename: 'TooManyRequestsError', code: 'AUTH_TOO_MANY_REQUESTS' });
    expect(locked.retryAfterSeconds).toBe(900);
    expect(await login(ada.email, ada.password)).toBe('AccountLockedError');
    await app.mailer.next(ada.email, 'account-locked');
  });

  test('are counted together with those of a login', async () => {
    const ada = await app.register();
    for (let guess = 0; guess < 3; guess += 1) await login(ada.email, 'wrong');
    for (let guess = 0; guess < 2; guess += 1) await change(ada, 'wrong');
    expect((await change(ada)).__typename).toBe('TooManyRequestsError');
  });

  test('are reset by a correct one', async () => {
    const ada = await app.register();
    for (let round = 0; round < 2; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) await change(ada, 'wrong');
      expect((await change(ada, ada.password, ada.password)).violations).toEqual(['REUSED']);
    }
  });

  test('work again after the lockout', async () => {
    const own = await createTestApp({ lockout: { maxAttempts: 2, durationSeconds: 60 } });
    const ada = await own.register();
    const input = { currentPassword: 'wrong', newPassword: NEW_PASSWORD };
    for (let guess = 0; guess < 2; guess += 1) await own.mutate('changePassword', input, { token: ada.accessToken });
    own.clock.advance(59);
    const right = { ...input, currentPassword: ada.password };
    expect(await own.mutate('changePassword', right, { token: ada.accessToken })).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAfterSeconds: 1,
    });
    own.clock.advance(1);
    expect((await own.mutate('changePassword', right, { token: ada.accessToken })).__typename).toBe('PasswordChanged');
  });
});

describe('anonymous callers cannot change a password', () => {
  test('without an access token, or with a malformed one', async () => {
    expect(await refusal()).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    expect(await refusal('garbage')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
  });

  test('with the token of a session that has ended, which counts no guess either', async () => {
    const ada = await app.register();
    await app.mutate('logout', undefined, { token: ada.accessToken });
    for (let guess = 0; guess < 6; guess += 1)
      expect(await refusal(ada.accessToken)).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
    expect(await login(ada.email, ada.password)).toBe('LoginSuccess');
  });

  test('with the token of an account that was closed', async () => {
    const ada = await app.register();
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    expect(await refusal(ada.accessToken)).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });

  test('with an expired access token', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    own.clock.advance(15 * 60);
    const input = { currentPassword: ada.password, newPassword: NEW_PASSWORD };
    const { errors } = await own.mutation('changePassword', input, { token: ada.accessToken });
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    expect((await own.login(ada)).userId).toBe(ada.userId);
  });
});
