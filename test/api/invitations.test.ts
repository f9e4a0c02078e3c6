import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail, type Outcome } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

const PASSWORD = 'a password of the invited';
const WEEK = 7 * 24 * 60 * 60;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true, registration: { enabled: false } });
});

type NewAccount = Parameters<TestApp['auth']['services']['userCreation']['create']>[0];

/** An invited user, and the token of the email. */
async function invite(account: Partial<NewAccount> = {}): Promise<{ email: string; userId: string; token: string }> {
  const email = newEmail();
  const { id: userId } = await app.auth.services.userCreation.create({ email, ...account });
  return { email, userId, token: await app.mailer.token(email, 'invitation') };
}

const accept = async (token: string, more: object = {}): Promise<Outcome> =>
  app.mutate('acceptInvitation', { token, password: PASSWORD, ...more });

describe('an invitation', () => {
  test('creates an account with registration closed, whose user chooses the password and is signed in', async () => {
    const { email, userId, token } = await invite({ firstName: 'Ada', roles: ['editor'], locale: 'de' });
    const accepted = await accept(token, { lastName: 'Lovelace' });
    expect(accepted).toMatchObject({
      __typename: 'LoginSuccess',
      user: { id: userId, email, emailVerified: true, firstName: 'Ada' },
    });
    expect(claimsOf(accepted.tokens?.accessToken ?? '')).toMatchObject({ scope: 'editor', amr: ['pwd'] });
    const query = '{ me { lastName locale } }';
    const { data } = await app.request(query, {}, { token: accepted.tokens?.accessToken });
    expect(data).toEqual({ me: { lastName: 'Lovelace', locale: 'de' } });
    expect((await app.login({ email, password: PASSWORD })).userId).toBe(userId);
  });

  test('works once, and not after its time', async () => {
    const { token } = await invite();
    expect((await accept(token)).__typename).toBe('LoginSuccess');
    expect((await accept(token)).code).toBe('AUTH_INVALID_TOKEN');
    const late = await invite();
    app.clock.advance(WEEK);
    expect((await accept(late.token)).code).toBe('AUTH_INVALID_TOKEN');
  });

  test('stays valid if the password or a name is rejected', async () => {
    const { token, email } = await invite();
    expect(await accept(token, { password: 'password' })).toMatchObject({ __typename: 'WeakPasswordError' });
    expect(await accept(token, { password: `${email}!` })).toMatchObject({ violations: ['CONTAINS_EMAIL'] });
    expect(await accept(token, { firstName: 'a'.repeat(101) })).toMatchObject({ field: 'firstName' });
    expect((await accept(token)).__typename).toBe('LoginSuccess');
  });

  test('that is sent again makes the earlier one invalid, at most once a minute', async () => {
    const { token, email, userId } = await invite();
    const { userCreation } = app.auth.services;
    await expect(userCreation.invite(userId)).rejects.toMatchObject({ code: 'AUTH_TOO_MANY_REQUESTS' });
    app.clock.advance(61);
    await userCreation.invite(userId);
    const second = await app.mailer.token(email, 'invitation', 2);
    expect((await accept(token)).code).toBe('AUTH_INVALID_TOKEN');
    expect((await accept(second)).__typename).toBe('LoginSuccess');
    app.clock.advance(61);
    await expect(userCreation.invite(userId)).rejects.toMatchObject({ field: 'userId' });
    await expect(userCreation.invite('no id')).rejects.toMatchObject({ field: 'userId' });
  });

  test('does not let anyone sign in before it is accepted', async () => {
    const { email } = await invite();
    for (const password of [PASSWORD, '', 'null'])
      expect((await app.mutate('login', { email, password })).code).toBe('AUTH_INVALID_CREDENTIALS');
  });

  test('can be replaced by a password reset, which makes it invalid', async () => {
    const { email, token } = await invite();
    await app.mutate('forgotPassword', { email });
    const reset = await app.mailer.token(email, 'reset-password');
    await app.mutate('resetPassword', { token: reset, newPassword: DEFAULT_PASSWORD });
    expect((await accept(token)).code).toBe('AUTH_INVALID_TOKEN');
    await app.login({ email, password: DEFAULT_PASSWORD });
  });

  test('invalidates earlier password resets', async () => {
    const { email, token } = await invite();
    await app.mutate('forgotPassword', { email });
    const reset = await app.mailer.token(email, 'reset-password');
    expect((await accept(token)).__typename).toBe('LoginSuccess');
    const changed = await app.mutate('resetPassword', { token: reset, newPassword: DEFAULT_PASSWORD });
    expect(changed.code).toBe('AUTH_INVALID_TOKEN');
  });

  test('ends a lockout that others have caused, and says so in the audit trail', async () => {
    const { email, userId, token } = await invite();
    for (let time = 0; time < 5; time += 1) await app.mutate('login', { email, password: 'wrong' });
    expect((await app.mutate('login', { email, password: 'wrong' })).code).toBe('AUTH_ACCOUNT_LOCKED');
    await accept(token);
    expect((await app.login({ email, password: PASSWORD })).userId).toBe(userId);
    await allDelivered(app);
    const unlocked = `select from auth_security_event where user_id = $1 and name = 'AccountUnlocked'`;
    expect(await app.database.sql(unlocked, [userId])).toHaveLength(1);
  });

  test('says who was invited, and that the invitation was accepted, in the audit trail', async () => {
    const { userId, token } = await invite({ emailVerified: true });
    await accept(token);
    await allDelivered(app);
    const rows = await app.database.sql<{ name: string; actor_kind: string; details: object | null }>(
      'select name, actor_kind, details from auth_security_event where user_id = $1 order by name',
      [userId],
    );
    expect(rows).toEqual([
      { name: 'InvitationAccepted', actor_kind: 'ANONYMOUS', details: null },
      { name: 'InvitationRequested', actor_kind: 'SYSTEM', details: null },
      { name: 'UserCreated', actor_kind: 'SYSTEM', details: { email: 'u***@e***', invited: true, roles: [] } },
      { name: 'UserLoggedIn', actor_kind: 'USER', details: { methods: ['pwd'], newDevice: false } },
    ]);
  });

  test('is not sent beyond the limits of its address, although the account is created', async () => {
    const email = newEmail();
    const ids: string[] = [];
    for (const seconds of [0, 0, 30, 30, 60, 60, 60, 60, 3600]) {
      app.clock.advance(seconds);
      const { id } = await app.auth.services.userCreation.create({ email });
      await allDelivered(app);
      ids.push(id);
      // Frees the address, so that it can be used again.
      await app.auth.services.operatorEmailChange.change(id, newEmail());
    }
    expect(app.mailer.to(email, 'invitation')).toHaveLength(6);
    const expected = [true, false, false, true, true, true, true, false, true];
    const usersOf = async (query: string): Promise<boolean[]> => {
      const rows = await app.database.sql<{ user_id: string }>(query, [ids]);
      return ids.map((id) => rows.some((row) => row.user_id === id));
    };
    const invited = `select user_id from auth_security_event
      where name = 'UserCreated' and (details->>'invited')::boolean and user_id = any($1)`;
    expect(await usersOf(invited)).toEqual(expected);
    expect(await usersOf('select user_id from auth_one_time_token where user_id = any($1)')).toEqual(expected);
  });

  test('is not sent if it was not wanted', async () => {
    const email = newEmail();
    await app.auth.services.userCreation.create({ email, invite: false });
    await allDelivered(app);
    expect(app.mailer.to(email)).toEqual([]);
  });

  test.each<[string, Partial<NewAccount>, object]>([
    ['a taken address', { email: 'taken@example.com' }, { code: 'AUTH_EMAIL_ALREADY_EXISTS' }],
    ['a wrong address', { email: 'nobody' }, { field: 'email' }],
    ['a role that is no scope', { roles: ['a b'] }, { field: 'roles' }],
    ['a wrong locale', { locale: '?' }, { field: 'locale' }],
    ['too large metadata', { publicMetadata: { a: 'a'.repeat(8190) } }, { field: 'publicMetadata' }],
    [
      'metadata that grows in the database',
      { privateMetadata: { a: Array(4000).fill(1) } },
      { field: 'privateMetadata' },
    ],
  ])('for %s is rejected, and creates nothing', async (_what, account, error) => {
    if (account.email === 'taken@example.com') await app.auth.services.userCreation.create({ email: account.email });
    const count = async (): Promise<unknown> =>
      app.database.sql('select (select count(*) from auth_user) u, (select count(*) from auth_one_time_token) t');
    const before = await count();
    await expect(app.auth.services.userCreation.create({ email: newEmail(), ...account })).rejects.toMatchObject(error);
    expect(await count()).toEqual(before);
  });
});

test('an invited address cannot be registered, and its owner is told', async () => {
  const open = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  const email = newEmail();
  const { id } = await open.auth.services.userCreation.create({ email, roles: ['admin'] });
  const token = await open.mailer.token(email, 'invitation');
  const squatted = 'the password of a squatter';
  const answer = await open.mutate('register', { email, password: squatted });
  expect(answer.__typename).toBe('EmailVerificationRequired');
  await allDelivered(open);
  expect(open.mailer.to(email).map(({ id: kind }) => kind.split('.')[0])).toEqual(['invitation', 'already-registered']);
  expect((await open.mutate('login', { email, password: squatted })).code).toBe('AUTH_INVALID_CREDENTIALS');
  const accepted = await open.mutate('acceptInvitation', { token, password: PASSWORD });
  expect(accepted).toMatchObject({ __typename: 'LoginSuccess', user: { id, emailVerified: true } });
  expect((await open.login({ email, password: PASSWORD })).userId).toBe(id);
});

test('an account with roles is not taken over by a registration of its unverified address, invited or not', async () => {
  const open = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  const email = newEmail();
  await open.auth.services.userCreation.create({ email, roles: ['admin'], invite: false });
  await open.mutate('register', { email, password: DEFAULT_PASSWORD });
  await allDelivered(open);
  expect(open.mailer.to(email).map(({ id }) => id.split('.')[0])).toEqual(['already-registered']);
});

test('an address whose invitation has expired can be registered', async () => {
  const open = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  const email = newEmail();
  await open.auth.services.userCreation.create({ email });
  const token = await open.mailer.token(email, 'invitation');
  open.clock.advance(8 * 24 * 60 * 60);
  await open.mutate('register', { email, password: DEFAULT_PASSWORD });
  await open.mutate('verifyEmail', { token: await open.mailer.token(email, 'verify-email') });
  expect((await open.mutate('acceptInvitation', { token, password: PASSWORD })).code).toBe('AUTH_INVALID_TOKEN');
  await open.login({ email, password: DEFAULT_PASSWORD });
});

test('acceptInvitation is limited per client address', async () => {
  const limited = await createTestApp({ rateLimits: { acceptInvitation: 'origin 1/1m' } });
  const input = { token: 'a'.repeat(43), password: PASSWORD };
  expect((await limited.mutate('acceptInvitation', input)).code).toBe('AUTH_INVALID_TOKEN');
  expect((await limited.mutate('acceptInvitation', input)).code).toBe('AUTH_TOO_MANY_REQUESTS');
});
