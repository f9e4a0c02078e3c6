import { beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { CountingHasher } from '../support/counting-hasher.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const NEW_PASSWORD = 'a brand new pass phrase';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

async function resetToken(email: string, count = 1, on = app): Promise<string> {
  await on.mutate('forgotPassword', { email });
  return on.mailer.token(email, 'reset-password', count);
}

async function reset(token: string, newPassword = NEW_PASSWORD, on = app): Promise<string> {
  return (await on.mutate('resetPassword', { token, newPassword })).__typename;
}

async function isLive(accessToken: string): Promise<boolean> {
  return (await app.me(accessToken)).errors.length === 0;
}

describe('forgotPassword', () => {
  test('responds alike for a known, an unknown and a closed address, and emails only the known one', async () => {
    const [known, closed] = [await app.register(), await app.register()];
    await app.database.sql('update auth_user set active = false where id = $1', [closed.userId]);
    const unknown = newEmail();
    for (const email of [unknown, closed.email, known.email])
      expect(await app.mutate('forgotPassword', { email })).toEqual({ __typename: 'MailRequested', email });
    await app.mailer.next(known.email, 'reset-password');
    await resetToken((await app.register()).email);
    expect(app.mailer.to(unknown)).toHaveLength(0);
    expect(app.mailer.to(closed.email, 'reset-password')).toHaveLength(0);
    expect(app.mailer.to(known.email, 'reset-password')).toHaveLength(1);
  });

  test('does not end sessions or change the password', async () => {
    const ada = await app.register();
    await resetToken(ada.email);
    expect(await isLive(ada.accessToken)).toBe(true);
    expect((await app.mutate('login', credentials(ada))).__typename).toBe('LoginSuccess');
  });

  test('emails one link a minute, however often it is requested, and keeps that one valid', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    app.clock.advance(59);
    for (let time = 0; time < 5; time += 1) await app.mutate('forgotPassword', { email: ada.email });
    // Delivered in the order of asking: once this one is there, the others have been decided.
    await resetToken((await app.register()).email);
    expect(app.mailer.to(ada.email, 'reset-password')).toHaveLength(1);
    expect(await reset(token)).toBe('PasswordChanged');
  });

  test('emails another link at once after the first has been used', async () => {
    const ada = await app.register();
    expect(await reset(await resetToken(ada.email))).toBe('PasswordChanged');
    expect(await reset(await resetToken(ada.email, 2), 'yet another pass phrase')).toBe('PasswordChanged');
  });

  test('ignores an invalid access token', async () => {
    const { email } = await app.register();
    expect((await app.mutate('forgotPassword', { email }, { token: 'garbage' })).__typename).toBe('MailRequested');
  });
});

function credentials({ email, password }: { email: string; password: string }): { email: string; password: string } {
  return { email, password };
}

describe('resetPassword', () => {
  test('sets the password: the new one signs in and the old one does not', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    expect(await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD })).toEqual({
      __typename: 'PasswordChanged',
      user: { id: ada.userId },
    });
    expect((await app.mutate('login', credentials(ada))).__typename).toBe('InvalidCredentialsError');
    expect((await app.login({ email: ada.email, password: NEW_PASSWORD })).userId).toBe(ada.userId);
    await app.mailer.next(ada.email, 'password-changed');
  });

  test('ends every session, including the session of the request', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const token = await resetToken(ada.email);
    await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD }, { token: ada.accessToken });
    for (const { accessToken, refreshToken } of [ada, other]) {
      expect((await app.me(accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
      expect(await app.refresh(refreshToken)).toEqual(INVALID_TOKEN);
    }
  });

  test('leaves the sessions of other people alone', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    await app.mutate(
      'resetPassword',
      { token: await resetToken(ada.email), newPassword: NEW_PASSWORD },
      { token: bob.accessToken },
    );
    expect(await isLive(bob.accessToken)).toBe(true);
  });

  test('a token can be used once', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    expect(await reset(token)).toBe('PasswordChanged');
    expect(await app.mutate('resetPassword', { token, newPassword: 'yet another pass phrase' })).toEqual(INVALID_TOKEN);
  });

  test('only one of several concurrent uses sets the password', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    const passwords = ['pass phrase the first', 'pass phrase the second', 'pass phrase the third'];
    const outcomes = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(outcomes.filter((outcome) => outcome === 'PasswordChanged')).toHaveLength(1);
    const winner = passwords[outcomes.indexOf('PasswordChanged')] ?? '';
    expect((await app.login({ email: ada.email, password: winner })).userId).toBe(ada.userId);
  });

  test('a newer token consumes the older one, and neither is valid after the newer was used', async () => {
    const ada = await app.register();
    const older = await resetToken(ada.email);
    app.clock.advance(60);
    const newer = await resetToken(ada.email, 2);
    expect(await reset(older)).toBe('InvalidTokenError');
    expect(await reset(newer)).toBe('PasswordChanged');
    expect(await reset(older, 'yet another pass phrase')).toBe('InvalidTokenError');
    expect(await reset(newer, 'yet another pass phrase')).toBe('InvalidTokenError');
  });

  test('consumes an open token that changes the address, which anyone who knew the old password may have requested', async () => {
    const ada = await app.register();
    const theirs = newEmail();
    const input = { newEmail: theirs, currentPassword: ada.password };
    await app.mutate('changeEmail', input, { token: ada.accessToken });
    const move = await app.mailer.token(theirs, 'change-email-confirm');
    expect(await reset(await resetToken(ada.email))).toBe('PasswordChanged');
    const again = await app.login({ email: ada.email, password: NEW_PASSWORD });
    expect(await app.mutate('confirmEmailChange', { token: move }, { token: again.accessToken })).toEqual(
      INVALID_TOKEN,
    );
  });

  test('returns TooManyRequests while too many passwords wait to be hashed, and does not consume the token', async () => {
    let isBusy = false;
    class BusyHasher extends CountingHasher {
      override async hash(password: string): Promise<string> {
        if (isBusy) throw new TooManyRequestsError(3);
        return super.hash(password);
      }
    }
    const own = await createTestApp({ background: true, hasher: new BusyHasher() });
    const token = await resetToken((await own.register()).email, 1, own);
    isBusy = true;
    expect(await own.mutate('resetPassword', { token, newPassword: NEW_PASSWORD })).toMatchObject({
      __typename: 'TooManyRequestsError',
      code: 'AUTH_TOO_MANY_REQUESTS',
      retryAfterSeconds: 3,
    });
    isBusy = false;
    expect(await reset(token, NEW_PASSWORD, own)).toBe('PasswordChanged');
  });

  test('a token expires after its time', async () => {
    const own = await createTestApp({ background: true, password: { saltRounds: 4, resetTokenTtlSeconds: 600 } });
    const [early, late] = [await own.register(), await own.register()];
    const tokens = [await resetToken(early.email, 1, own), await resetToken(late.email, 1, own)] as const;
    own.clock.advance(599);
    expect(await reset(tokens[0], NEW_PASSWORD, own)).toBe('PasswordChanged');
    own.clock.advance(1);
    expect(await reset(tokens[1], NEW_PASSWORD, own)).toBe('InvalidTokenError');
    expect((await own.login(late)).userId).toBe(late.userId);
  });

  test.each([
    ['unknown', 'A'.repeat(43)],
    ['empty', ''],
    ['malformed', 'no token'],
    ['with a NUL', `${'A'.repeat(42)}\u0000`],
    ['of 100 kB', 'x'.repeat(100_000)],
  ])('a token that is %s is invalid', async (_name, token) => {
    expect(await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD })).toEqual(INVALID_TOKEN);
  });

  test('a token that verifies an address does not reset the password, and remains valid', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    expect(await reset(token)).toBe('InvalidTokenError');
    expect((await app.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
  });

  test('a closed account gets no new password', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    expect(await reset(token)).toBe('InvalidTokenError');
  });

  test('a token for a former address of the account does not reset the password', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    const email = newEmail();
    await app.database.sql('update auth_user set email = $2 where id = $1', [ada.userId, email]);
    expect(await reset(token)).toBe('InvalidTokenError');
    expect((await app.login({ email, password: ada.password })).userId).toBe(ada.userId);
  });

  test.each(['expired', 'garbage'])('ignores an access token that is %s', async (kind) => {
    const own = await createTestApp({ background: true });
    const ada = await own.register();
    own.clock.advance(16 * 60);
    const token = await resetToken(ada.email, 1, own);
    const options = { token: kind === 'expired' ? ada.accessToken : 'garbage' };
    const outcome = await own.mutate('resetPassword', { token, newPassword: NEW_PASSWORD }, options);
    expect(outcome.__typename).toBe('PasswordChanged');
  });
});

describe('a refused new password', () => {
  const strictPolicy: TestOptions['password'] = {
    saltRounds: 4,
    minLength: 12,
    requireUppercase: true,
    requireLowercase: true,
    requireNumbers: true,
    requireSpecialChars: true,
  };

  test.each([
    ['zq7!kx', 'MIN_LENGTH'],
    ['é'.repeat(37), 'MAX_LENGTH'],
    ['password1', 'COMMON_PASSWORD'],
    [DEFAULT_PASSWORD, 'REUSED'],
  ])('of %j breaks a rule and does not consume the token', async (newPassword, rule) => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    for (let time = 0; time < 2; time += 1)
      expect(await app.mutate('resetPassword', { token, newPassword })).toMatchObject({
        __typename: 'WeakPasswordError',
        code: 'AUTH_WEAK_PASSWORD',
        violations: [rule],
      });
    expect(await isLive(ada.accessToken)).toBe(true);
    expect(await reset(token)).toBe('PasswordChanged');
  });

  test('that contains the address is rejected', async () => {
    const ada = await app.register();
    const token = await resetToken(ada.email);
    expect(await app.mutate('resetPassword', { token, newPassword: `x${ada.email.toUpperCase()}` })).toMatchObject({
      violations: ['CONTAINS_EMAIL'],
    });
  });

  test('is rejected with every broken rule at once', async () => {
    const strict = await createTestApp({ background: true, password: strictPolicy });
    const ada = await strict.register({ email: 'password@example.com', password: 'Correct-Horse-7' });
    const hash = await bcrypt.hash('password', 4);
    await strict.database.sql('update auth_user set password_hash = $2 where id = $1', [ada.userId, hash]);
    const token = await resetToken(ada.email, 1, strict);
    expect((await strict.mutate('resetPassword', { token, newPassword: 'password' })).violations).toEqual([
      'MIN_LENGTH',
      'UPPERCASE',
      'NUMBER',
      'SPECIAL_CHARACTER',
      'COMMON_PASSWORD',
      'CONTAINS_EMAIL',
      'REUSED',
    ]);
    expect(await reset(token, 'Correct-Horse-8', strict)).toBe('PasswordChanged');
  });

  test('an invalid token is reported before the password is checked', async () => {
    expect(await reset('A'.repeat(43), 'short')).toBe('InvalidTokenError');
  });
});

describe('a reset lifts a lockout', () => {
  const guess = (email: string, deviceToken?: string): Promise<{ __typename: string }> =>
    app.mutate('login', { email, password: 'wrong', deviceToken });

  test('of the address', async () => {
    const { email } = await app.register();
    for (let time = 0; time < 5; time += 1) await guess(email);
    expect((await guess(email)).__typename).toBe('AccountLockedError');
    expect(await reset(await resetToken(email))).toBe('PasswordChanged');
    expect((await app.mutate('login', { email, password: NEW_PASSWORD })).__typename).toBe('LoginSuccess');
  });

  test('of a known device', async () => {
    const { email, password } = await app.register();
    const { deviceToken } = await app.mutate('login', { email, password });
    for (let time = 0; time < 5; time += 1) await guess(email, deviceToken ?? '');
    expect((await guess(email, deviceToken ?? '')).__typename).toBe('AccountLockedError');
    expect(await reset(await resetToken(email))).toBe('PasswordChanged');
    expect((await app.mutate('login', { email, password: NEW_PASSWORD, deviceToken })).__typename).toBe('LoginSuccess');
  });
});
