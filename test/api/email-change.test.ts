import { beforeAll, describe, expect, test } from '@jest/globals';
import { newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { INVALID_TOKEN, INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const ALREADY_VERIFIED = {
  __typename: 'EmailAlreadyVerifiedError',
  code: 'AUTH_EMAIL_ALREADY_VERIFIED',
  message: 'The email address has been verified already.',
};

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

function request(user: SignedIn, newEmail: string, currentPassword = user.password): Promise<Outcome> {
  return app.mutate('changeEmail', { newEmail, currentPassword }, { token: user.accessToken });
}

async function requested(user: SignedIn): Promise<{ email: string; token: string }> {
  const email = newEmail();
  expect(await request(user, email)).toEqual({ __typename: 'MailRequested', email });
  return { email, token: await app.mailer.token(email, 'change-email-confirm') };
}

function confirm(token: string, accessToken?: string): Promise<Outcome> {
  return app.mutate('confirmEmailChange', { token }, { token: accessToken });
}

async function login(email: string, password: string): Promise<string> {
  return (await app.mutate('login', { email, password })).__typename;
}

async function refusal(token?: string): Promise<unknown> {
  const input = { newEmail: newEmail(), currentPassword: 'whatever it is' };
  return (await app.mutation('changeEmail', input, { token })).errors[0]?.extensions;
}

describe('changeEmail', () => {
  test('emails a token to the new address and a notice to the old one, and changes nothing', async () => {
    const ada = await app.register();
    const { email, token } = await requested(ada);
    const notice = await app.mailer.next(ada.email, 'change-email-notice');
    expect(notice.text).not.toContain(email);
    expect(notice.text).not.toContain(token);
    expect(notice.html).not.toContain(token);
    expect(await login(ada.email, ada.password)).toBe('LoginSuccess');
    expect(await login(email, ada.password)).toBe('InvalidCredentialsError');
    expect((await app.me(ada.accessToken)).data).toMatchObject({ me: { email: ada.email } });
  });

  test('returns the same result for a taken address and a free one', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    expect(await request(ada, bob.email)).toEqual({ __typename: 'MailRequested', email: bob.email });
  });

  test('rejects a wrong password, and sends no email', async () => {
    const ada = await app.register();
    const email = newEmail();
    expect(await request(ada, email, 'wrong')).toEqual(INVALID_CREDENTIALS);
    await requested(ada);
    expect(app.mailer.to(email)).toEqual([]);
  });

  test('rejects the current address, however it is written, and sends no email', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    for (const written of [ada.email, ` ${ada.email.toUpperCase()}`])
      expect(await request(ada, written)).toEqual({
        __typename: 'InvalidInputError',
        code: 'AUTH_INVALID_INPUT',
        message: 'Must differ from the current address.',
        field: 'newEmail',
      });
    expect(await request(ada, ada.email, 'wrong')).toEqual(INVALID_CREDENTIALS);
    await requested(ada);
    expect(app.mailer.to(ada.email, 'change-email-confirm')).toEqual([]);
    await app.mailer.next(ada.email, 'change-email-notice');
    expect(app.mailer.to(ada.email, 'change-email-notice')).toHaveLength(1);
    expect((await app.me(other.accessToken)).errors).toEqual([]);
  });

  test('counts wrong passwords like those of a sign-in', async () => {
    const ada = await app.register();
    for (let guess = 0; guess < 5; guess += 1) await request(ada, newEmail(), 'wrong');
    expect(await request(ada, newEmail())).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAfterSeconds: 900,
    });
    expect(await login(ada.email, ada.password)).toBe('AccountLockedError');
  });

  test('a second request consumes the token of the first', async () => {
    const ada = await app.register();
    const first = await requested(ada);
    const second = await requested(ada);
    expect(await confirm(first.token, ada.accessToken)).toEqual(INVALID_TOKEN);
    expect((await confirm(second.token, ada.accessToken)).__typename).toBe('EmailChanged');
  });

  test('the newest link is valid, even if a node with a fast clock created the previous one', async () => {
    const ada = await app.register();
    const email = newEmail();
    await request(ada, email);
    await app.mailer.token(email, 'change-email-confirm');
    await app.database.sql(
      `update auth_one_time_token set created_at = created_at + interval '5 s' where user_id = $1 and purpose = 'CHANGE_EMAIL'`,
      [ada.userId],
    );
    app.clock.advance(60);
    await request(ada, email);
    const newest = await app.mailer.token(email, 'change-email-confirm', 2);
    expect((await confirm(newest, ada.accessToken)).__typename).toBe('EmailChanged');
  });

  test('rejects an invalid address before anything is done', async () => {
    const ada = await app.register();
    const input = { newEmail: 'no address', currentPassword: ada.password };
    const outcome = await app.mutate('changeEmail', input, { token: ada.accessToken });
    expect(outcome).toMatchObject({ __typename: 'InvalidInputError', field: 'newEmail' });
  });

  test('requires a signed-in user', async () => {
    const ada = await app.register();
    await app.mutate('logout', undefined, { token: ada.accessToken });
    expect(await refusal()).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    expect(await refusal('garbage')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
    expect(await refusal(ada.accessToken)).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });
});

describe('confirmEmailChange', () => {
  test('changes the address: the new one is verified and can sign in, the old one cannot', async () => {
    const ada = await app.register();
    const { email, token } = await requested(ada);
    expect(await confirm(token, ada.accessToken)).toEqual({ __typename: 'EmailChanged', user: { id: ada.userId } });
    const { data } = await app.request('{ me { email emailVerified } }', {}, { token: ada.accessToken });
    expect(data).toEqual({ me: { email, emailVerified: true } });
    expect(await login(ada.email, ada.password)).toBe('InvalidCredentialsError');
    expect((await app.login({ email, password: ada.password })).userId).toBe(ada.userId);
  });

  test('the old address can be registered again', async () => {
    const ada = await app.register();
    await confirm((await requested(ada)).token, ada.accessToken);
    expect((await app.register({ email: ada.email })).userId).not.toBe(ada.userId);
  });

  test('keeps the current session and ends the others', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    await confirm((await requested(ada)).token, other.accessToken);
    expect((await app.me(other.accessToken)).errors).toEqual([]);
    expect((await app.refresh(other.refreshToken)).__typename).toBe('LoginSuccess');
    expect((await app.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
  });

  test('does nothing for anyone who reads the new mailbox but is not signed in to the account', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const { email, token } = await requested(ada);
    const errorOf = async (accessToken?: string): Promise<unknown> =>
      (await app.mutation('confirmEmailChange', { token }, { token: accessToken })).errors[0]?.extensions;
    expect(await errorOf()).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    expect(await errorOf('garbage')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
    expect(await confirm(token, bob.accessToken)).toEqual(INVALID_TOKEN);
    await app.mutate('forgotPassword', { email });
    expect((await app.me(ada.accessToken)).data).toMatchObject({ me: { email: ada.email } });
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
    expect(await login(ada.email, ada.password)).toBe('LoginSuccess');
    expect((await confirm(token, ada.accessToken)).__typename).toBe('EmailChanged');
  });

  test('requires a live session', async () => {
    const ada = await app.register();
    const { token } = await requested(ada);
    const other = await app.login(ada);
    await app.mutate('logout', undefined, { token: ada.accessToken });
    const { errors } = await app.mutation('confirmEmailChange', { token }, { token: ada.accessToken });
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
    expect((await confirm(token, other.accessToken)).__typename).toBe('EmailChanged');
  });

  test('returns EmailAlreadyVerifiedError if the token is confirmed again', async () => {
    const ada = await app.register();
    const { token } = await requested(ada);
    await confirm(token, ada.accessToken);
    expect(await confirm(token, ada.accessToken)).toEqual(ALREADY_VERIFIED);
    const again = await requested(ada);
    await confirm(again.token, ada.accessToken);
    expect(await confirm(token, ada.accessToken)).toEqual(INVALID_TOKEN);
  });

  test('rejects a token for an address that an operator has set since and nobody has verified', async () => {
    const ada = await app.register();
    const { email, token } = await requested(ada);
    await app.auth.services.operatorEmailChange.change(ada.userId, email);
    const { accessToken } = await app.login({ ...ada, email });
    expect(await confirm(token, accessToken)).toEqual(INVALID_TOKEN);
  });

  test('rejects a token that another user has confirmed', async () => {
    const [ada, eve] = [await app.register(), await app.register()];
    const { token } = await requested(ada);
    await confirm(token, ada.accessToken);
    expect(await confirm(token, eve.accessToken)).toEqual(INVALID_TOKEN);
  });

  test('sends a notice to the old address when the change happens', async () => {
    const ada = await app.register();
    const { email, token } = await requested(ada);
    expect(app.mailer.to(ada.email, 'email-changed')).toEqual([]);
    await confirm(token, ada.accessToken);
    const { text, html } = await app.mailer.next(ada.email, 'email-changed');
    for (const part of [text, html]) expect(part).not.toContain(email);
    expect(app.mailer.to(email, 'email-changed')).toEqual([]);
  });

  test('returns all fields of the user', async () => {
    const ada = await app.register();
    const { email, token } = await requested(ada);
    const query = `mutation($token: String!) { confirmEmailChange(input: { token: $token }) {
      ... on EmailChanged { user { email emailVerified sessions { current } } } } }`;
    const { data, errors } = await app.request(query, { token }, { token: ada.accessToken });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      confirmEmailChange: { user: { email, emailVerified: true, sessions: [{ current: true }] } },
    });
  });

  test('rejects an address that was taken in the meantime, and changes nothing', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const { email, token } = await requested(ada);
    const bob = await app.register({ email });
    expect(await confirm(token, ada.accessToken)).toEqual({
      __typename: 'EmailAlreadyExistsError',
      code: 'AUTH_EMAIL_ALREADY_EXISTS',
      message: 'An account with this email address already exists.',
    });
    expect((await app.me(ada.accessToken)).data).toMatchObject({ me: { email: ada.email } });
    expect((await app.me(other.accessToken)).errors).toEqual([]);
    expect((await app.me(bob.accessToken)).data).toMatchObject({ me: { email } });
  });

  test('one of two accounts that confirm one address at once gets it', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const email = newEmail();
    await request(ada, email);
    // Emails may arrive in another order than they were requested.
    const first = await app.mailer.token(email, 'change-email-confirm');
    app.clock.advance(60);
    await request(bob, email);
    const tokens = [first, await app.mailer.token(email, 'change-email-confirm', 2)];
    const outcomes = await Promise.all(tokens.map((token, index) => confirm(token, [ada, bob][index]?.accessToken)));
    expect(outcomes.map((outcome) => outcome.__typename).sort()).toEqual(['EmailAlreadyExistsError', 'EmailChanged']);
  });

  test('a token works once', async () => {
    const ada = await app.register();
    const { token } = await requested(ada);
    const { accessToken } = ada;
    const outcomes = await Promise.all([confirm(token, accessToken), confirm(token, accessToken)]);
    expect(outcomes.map((outcome) => outcome.__typename).sort()).toEqual(['EmailAlreadyVerifiedError', 'EmailChanged']);
  });

  test.each([
    ['unknown', 'A'.repeat(43)],
    ['empty', ''],
    ['malformed', 'no token'],
    ['with a NUL', `${'A'.repeat(42)}\u0000`],
    ['of 100 kB', 'x'.repeat(100_000)],
  ])('a token that is %s is invalid', async (_name, token) => {
    expect(await confirm(token, (await app.register()).accessToken)).toEqual(INVALID_TOKEN);
  });

  test('a token expires', async () => {
    const own = await createTestApp({
      background: true,
      jwt: { accessTokenExpiration: '24h' },
      registration: { verificationTokenTtlSeconds: 600 },
    });
    const [ada, bob] = [await own.register(), await own.register()];
    const [first, second] = [newEmail(), newEmail()];
    await own.mutate('changeEmail', { newEmail: first, currentPassword: ada.password }, { token: ada.accessToken });
    await own.mutate('changeEmail', { newEmail: second, currentPassword: bob.password }, { token: bob.accessToken });
    const early = await own.mailer.token(first, 'change-email-confirm');
    const late = await own.mailer.token(second, 'change-email-confirm');
    own.clock.advance(599);
    const outcome = await own.mutate('confirmEmailChange', { token: early }, { token: ada.accessToken });
    expect(outcome.__typename).toBe('EmailChanged');
    own.clock.advance(1);
    expect(await own.mutate('confirmEmailChange', { token: late }, { token: bob.accessToken })).toEqual(INVALID_TOKEN);
  });

  test('a token of another purpose changes no address, and vice versa', async () => {
    const ada = await app.register();
    const verification = await app.mailer.token(ada.email, 'verify-email');
    const { token } = await requested(ada);
    expect(await confirm(verification, ada.accessToken)).toEqual(INVALID_TOKEN);
    expect(await app.mutate('verifyEmail', { token })).toEqual(INVALID_TOKEN);
    expect(await app.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' })).toEqual(INVALID_TOKEN);
    expect((await confirm(token, ada.accessToken)).__typename).toBe('EmailChanged');
  });

  test('open tokens for the old address become invalid', async () => {
    const ada = await app.register();
    const verification = await app.mailer.token(ada.email, 'verify-email');
    await app.mutate('forgotPassword', { email: ada.email });
    const reset = await app.mailer.token(ada.email, 'reset-password');
    const { email, token } = await requested(ada);
    await confirm(token, ada.accessToken);
    expect(await app.mutate('verifyEmail', { token: verification })).toEqual(INVALID_TOKEN);
    const outcome = await app.mutate('resetPassword', { token: reset, newPassword: 'a brand new pass phrase' });
    expect(outcome).toEqual(INVALID_TOKEN);
    expect(await login(email, ada.password)).toBe('LoginSuccess');
  });

  test('open tokens stay invalid if the account gets its old address back', async () => {
    const ada = await app.register();
    await app.mutate('forgotPassword', { email: ada.email });
    const reset = await app.mailer.token(ada.email, 'reset-password');
    await confirm((await requested(ada)).token, ada.accessToken);
    expect((await request(ada, ada.email)).__typename).toBe('MailRequested');
    const back = await app.mailer.token(ada.email, 'change-email-confirm');
    expect((await confirm(back, ada.accessToken)).__typename).toBe('EmailChanged');
    const outcome = await app.mutate('resetPassword', { token: reset, newPassword: 'a brand new pass phrase' });
    expect(outcome).toEqual(INVALID_TOKEN);
  });

  test('the address of a closed account does not change', async () => {
    const ada = await app.register();
    const { token } = await requested(ada);
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    const { errors } = await app.mutation('confirmEmailChange', { token }, { token: ada.accessToken });
    expect(errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect(await app.database.sql('select email from auth_user where id = $1', [ada.userId])).toEqual([
      { email: ada.email },
    ]);
  });
});
