import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const DAY = 24 * 60 * 60;
const ALREADY_VERIFIED = {
  __typename: 'EmailAlreadyVerifiedError',
  code: 'AUTH_EMAIL_ALREADY_VERIFIED',
  message: 'The email address has been verified already.',
};

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

/** Waits until everything that was asked for before has been delivered. */
async function allDelivered(on: TestApp): Promise<void> {
  const email = newEmail();
  await on.mutate('register', { email, password: DEFAULT_PASSWORD });
  await on.mailer.token(email, 'verify-email');
}

async function isVerified(accessToken: string): Promise<boolean> {
  const { data } = await app.request<{ me: { emailVerified: boolean } }>(
    '{ me { emailVerified } }',
    {},
    { token: accessToken },
  );
  return data.me.emailVerified;
}

describe('verifyEmail', () => {
  test('verifies the address that the token was sent to, once', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    expect(await app.mutate('verifyEmail', { token })).toEqual({
      __typename: 'EmailVerified',
      user: { id: ada.userId },
    });
    expect(await isVerified(ada.accessToken)).toBe(true);
    expect(await app.mutate('verifyEmail', { token })).toEqual(ALREADY_VERIFIED);
  });

  test('one of two concurrent calls verifies the address', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => app.mutate('verifyEmail', { token })));
    const names = outcomes.map((outcome) => outcome.__typename).sort();
    expect(names).toEqual([...Array<string>(3).fill('EmailAlreadyVerifiedError'), 'EmailVerified']);
  });

  test.each(['deactivated', 'closed'])('says nothing of the address of a %s account', async (how) => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    expect((await app.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
    const { accounts, accountClosing } = app.auth.services;
    await (how === 'closed' ? accountClosing.close(ada.email) : accounts.deactivate(ada.userId));
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
  });

  test('a token is valid until it expires', async () => {
    const own = await createTestApp({ background: true, registration: { verificationTokenTtlSeconds: 600 } });
    const [early, late] = [await own.register(), await own.register()];
    const tokens = [
      await own.mailer.token(early.email, 'verify-email'),
      await own.mailer.token(late.email, 'verify-email'),
    ];
    own.clock.advance(599);
    expect((await own.mutate('verifyEmail', { token: tokens[0] })).__typename).toBe('EmailVerified');
    own.clock.advance(1);
    expect(await own.mutate('verifyEmail', { token: tokens[1] })).toEqual(INVALID_TOKEN);
  });

  test.each([
    ['unknown', 'A'.repeat(43)],
    ['empty', ''],
    ['malformed', 'no token'],
    ['with a NUL', `${'A'.repeat(42)}\u0000`],
    ['of 100 kB', 'x'.repeat(100_000)],
  ])('a token that is %s is invalid', async (_name, token) => {
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
  });

  test('a token that resets a password verifies nothing', async () => {
    const ada = await app.register();
    await app.mutate('forgotPassword', { email: ada.email });
    const token = await app.mailer.token(ada.email, 'reset-password');
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
    expect(await isVerified(ada.accessToken)).toBe(false);
  });

  test('a token for an address that the account no longer has verifies nothing', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    await app.database.sql('update auth_user set email = $2 where id = $1', [ada.userId, newEmail()]);
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
    expect(await isVerified(ada.accessToken)).toBe(false);
  });

  test('a closed account is not verified', async () => {
    const ada = await app.register();
    const token = await app.mailer.token(ada.email, 'verify-email');
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
  });

  test.each(['expired', 'garbage', "of somebody else's"])('ignores an access token that is %s', async (kind) => {
    const own = await createTestApp({ background: true });
    const ada = await own.register();
    const bob = await own.register();
    const token = await own.mailer.token(ada.email, 'verify-email');
    if (kind === 'expired') own.clock.advance(16 * 60);
    const accessToken = kind === 'garbage' ? 'garbage' : kind === 'expired' ? ada.accessToken : bob.accessToken;
    expect(await own.mutate('verifyEmail', { token }, { token: accessToken })).toEqual({
      __typename: 'EmailVerified',
      user: { id: ada.userId },
    });
  });
});

describe('resendVerification', () => {
  test('returns the same result for a known, an unknown and a verified address, and emails only the known one', async () => {
    const known = await app.register();
    const verified = await app.register();
    await app.mutate('verifyEmail', { token: await app.mailer.token(verified.email, 'verify-email') });
    await app.mailer.token(known.email, 'verify-email');
    app.clock.advance(60);
    const unknown = newEmail();
    for (const email of [unknown, verified.email, known.email])
      expect(await app.mutate('resendVerification', { email })).toEqual({ __typename: 'MailRequested', email });
    await app.mailer.token(known.email, 'verify-email', 2);
    await allDelivered(app);
    expect(app.mailer.to(unknown)).toHaveLength(0);
    expect(app.mailer.to(verified.email, 'verify-email')).toHaveLength(1);
    expect(app.mailer.to(known.email, 'verify-email')).toHaveLength(2);
  });

  test('the token of a newer email consumes the older one', async () => {
    const ada = await app.register();
    const older = await app.mailer.token(ada.email, 'verify-email');
    app.clock.advance(60);
    await app.mutate('resendVerification', { email: ada.email.toUpperCase() });
    const newer = await app.mailer.token(ada.email, 'verify-email', 2);
    expect(newer).not.toBe(older);
    expect(await app.mutate('verifyEmail', { token: older })).toEqual(INVALID_TOKEN);
    expect((await app.mutate('verifyEmail', { token: newer })).__typename).toBe('EmailVerified');
    expect(await app.mutate('verifyEmail', { token: older })).toEqual(ALREADY_VERIFIED);
  });

  test('replaces a token that has expired', async () => {
    const own = await createTestApp({ background: true });
    const ada = await own.register();
    await own.mailer.token(ada.email, 'verify-email');
    own.clock.advance(DAY);
    await own.mutate('resendVerification', { email: ada.email }, { token: ada.accessToken });
    const token = await own.mailer.token(ada.email, 'verify-email', 2);
    expect((await own.mutate('verifyEmail', { token })).__typename).toBe('EmailVerified');
  });

  test('rejects an invalid address before anything is done', async () => {
    const outcome = await app.mutate('resendVerification', { email: 'no address' });
    expect(outcome).toMatchObject({ __typename: 'InvalidInputError', field: 'email' });
  });
});

describe('with registration.requireEmailVerification', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  });

  test('register opens no session', async () => {
    const email = newEmail();
    expect(await strict.mutate('register', { email, password: DEFAULT_PASSWORD })).toEqual({
      __typename: 'EmailVerificationRequired',
      email,
    });
    expect(
      await strict.database.sql('select from auth_session s join auth_user u on u.id = s.user_id where email = $1', [
        email,
      ]),
    ).toEqual([]);
  });

  test('the response for a taken address is byte for byte the same, and its owner gets an email', async () => {
    const email = newEmail();
    const first = await strict.mutation('register', { email, password: DEFAULT_PASSWORD });
    await strict.mutate('verifyEmail', { token: await strict.mailer.token(email, 'verify-email') });
    strict.clock.advance(60);
    const again = await strict.mutation('register', { email, password: 'another long password' });
    expect(again.text).toBe(first.text);
    await strict.mailer.next(email, 'already-registered');
    await allDelivered(strict);
    expect(strict.mailer.to(email)).toHaveLength(2);
  });

  test('a taken address keeps its password', async () => {
    const email = newEmail();
    await strict.mutate('register', { email, password: DEFAULT_PASSWORD });
    await strict.mutate('verifyEmail', { token: await strict.mailer.token(email, 'verify-email') });
    strict.clock.advance(60);
    await strict.mutate('register', { email, password: 'another long password' });
    expect((await strict.mutate('login', { email, password: 'another long password' })).__typename).toBe(
      'InvalidCredentialsError',
    );
    expect((await strict.mutate('login', { email, password: DEFAULT_PASSWORD })).__typename).toBe('LoginSuccess');
  });

  test('only a caller with the correct password learns that the address is not verified', async () => {
    const email = newEmail();
    await strict.mutate('register', { email, password: DEFAULT_PASSWORD });
    expect((await strict.mutate('login', { email, password: 'wrong' })).__typename).toBe('InvalidCredentialsError');
    expect(await strict.mutate('login', { email, password: DEFAULT_PASSWORD })).toEqual({
      __typename: 'EmailNotVerifiedError',
      code: 'AUTH_EMAIL_NOT_VERIFIED',
      message: 'The email address has not been verified yet.',
    });
    await strict.mutate('verifyEmail', { token: await strict.mailer.token(email, 'verify-email') });
    expect(await strict.mutate('login', { email, password: DEFAULT_PASSWORD })).toMatchObject({
      __typename: 'LoginSuccess',
      user: { email, emailVerified: true },
    });
  });

  test('a weak password is rejected for a free and a taken address alike', async () => {
    const email = newEmail();
    const free = await strict.mutation('register', { email, password: 'zq7!kx' });
    await strict.mutate('register', { email, password: DEFAULT_PASSWORD });
    const taken = await strict.mutation('register', { email, password: 'zq7!kx' });
    expect(free.data).toMatchObject({ register: { __typename: 'WeakPasswordError', violations: ['MIN_LENGTH'] } });
    expect(taken.text).toBe(free.text);
  });
});
