import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTokenVerifier } from '../../packages/verifier/src/index.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { manage, manageResponse, newOperator } from '../support/operators.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { until } from '../support/until.js';

const SCOPES = ['auth:users:write', 'auth:users:credentials', 'auth:roles:write'];

let app: TestApp;
let boss: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' }, background: true });
  boss = await newOperator(app, SCOPES);
});

interface Line {
  readonly name: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly details: Record<string, unknown> | null;
}

/** What the trail says of a user, once every event is relayed, in the order of the names: those of one instant have no other. */
async function trailOf(userId: string, ...names: string[]): Promise<Line[]> {
  await allDelivered(app);
  return app.database.sql<Line>(
    'select name, actor_kind, actor_id, details from auth_security_event where user_id = $1 and name = any($2) order by name, details::text',
    [userId, names],
  );
}

/** The line of a change that the operator made. */
function byBoss(name: string, details: object | null = null): object {
  return { name, actor_kind: 'OPERATOR', actor_id: boss.userId, details };
}

async function isSignedIn({ accessToken }: Pick<SignedIn, 'accessToken'>): Promise<boolean> {
  const { data } = await app.me(accessToken);
  return (data as { me: object | null }).me !== null;
}

describe('creating a user', () => {
  test('invites the user, who then chooses a password', async () => {
    const email = newEmail();
    const input = { email, displayName: 'Grace', roles: ['editor'], publicMetadata: { team: 'blue' } };
    const { record } = await manage(app, 'adminCreateUser', input, boss);
    expect(record).toMatchObject({ email, status: 'INVITED', roles: ['editor'], displayName: 'Grace' });
    const token = await app.mailer.token(email, 'invitation');
    const accepted = await app.mutate('acceptInvitation', { token, password: 'correct horse battery' });
    expect(accepted).toMatchObject({ __typename: 'LoginSuccess', user: { email } });
    expect(await trailOf(record?.id ?? '', 'UserCreated', 'InvitationRequested')).toEqual([
      byBoss('InvitationRequested'),
      byBoss('UserCreated', { email: expect.any(String), invited: true, roles: ['editor'] }),
    ]);
  });

  test('takes null for what is not given', async () => {
    const input = { email: newEmail(), roles: null, publicMetadata: null, privateMetadata: null };
    const { record } = await manage(app, 'adminCreateUser', input, boss);
    expect(record).toMatchObject({ status: 'INVITED', roles: [] });
  });

  test('refuses a taken address, invalid fields and documents one byte too large, and then creates nobody', async () => {
    expect(await manage(app, 'adminCreateUser', { email: boss.email }, boss)).toMatchObject({
      code: 'AUTH_EMAIL_ALREADY_EXISTS',
    });
    const email = newEmail();
    const create = (rest: object): Promise<object> => manage(app, 'adminCreateUser', { email, ...rest }, boss);
    expect(await create({ locale: 'no such' })).toMatchObject({ field: 'locale' });
    expect(await create({ roles: ['two words'] })).toMatchObject({ field: 'roles' });
    expect(await create({ privateMetadata: documentOf(8193) })).toMatchObject({ field: 'privateMetadata' });
    expect(await app.database.sql('select from auth_user where email = $1', [email])).toEqual([]);
    expect(await create({ privateMetadata: documentOf(8192) })).toMatchObject({ __typename: 'AuthUserCreated' });
  });

  test('with roles requires the scope for roles', async () => {
    const clerk = await newOperator(app, ['auth:users:write']);
    const { errors } = await manageResponse(app, 'adminCreateUser', { email: newEmail(), roles: ['editor'] }, clerk);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scopes: ['auth:roles:write'] } }]);
  });
});

/** A document with that many bytes of stored text. */
function documentOf(bytes: number): object {
  return { a: 'x'.repeat(bytes - '{"a": ""}'.length) };
}

describe('sending another invitation', () => {
  test('spends the earlier link, and is limited to one a minute', async () => {
    const email = newEmail();
    const { record } = await manage(app, 'adminCreateUser', { email }, boss);
    const userId = record?.id ?? '';
    const first = await app.mailer.token(email, 'invitation');
    expect(await manage(app, 'adminSendInvitation', { userId }, boss)).toMatchObject({
      code: 'AUTH_TOO_MANY_REQUESTS',
    });
    app.clock.advance(61);
    boss = await app.login(boss);
    expect(await manage(app, 'adminSendInvitation', { userId }, boss)).toMatchObject({
      changed: true,
      record: { status: 'INVITED' },
    });
    const second = await app.mailer.token(email, 'invitation', 2);
    const accept = (token: string): Promise<object> =>
      app.mutate('acceptInvitation', { token, password: 'correct horse battery' });
    expect(await accept(first)).toMatchObject({ code: 'AUTH_INVALID_TOKEN' });
    expect(await accept(second)).toMatchObject({ __typename: 'LoginSuccess' });
  });

  test('changes nothing for a user with a password', async () => {
    const ada = await app.register();
    expect(await manage(app, 'adminSendInvitation', { userId: ada.userId }, boss)).toMatchObject({ changed: false });
    expect(await trailOf(ada.userId, 'InvitationRequested')).toEqual([]);
  });
});

describe('updating a user', () => {
  test('changes what the input names, once', async () => {
    const { userId } = await app.register();
    const input = {
      userId,
      displayName: 'Countess',
      locale: 'de-at',
      publicMetadata: null,
      privateMetadata: { risk: 1 },
    };
    expect(await manage(app, 'adminUpdateUser', input, boss)).toMatchObject({
      ...{ changed: true, record: { displayName: 'Countess' } },
    });
    expect(await manage(app, 'adminUpdateUser', input, boss)).toMatchObject({ changed: false });
    expect(await trailOf(userId, 'ProfileUpdated')).toEqual([
      byBoss('ProfileUpdated', { fields: ['displayName', 'locale', 'privateMetadata'] }),
    ]);
  });

  test('with a document one byte too large changes nothing', async () => {
    const { userId } = await app.register();
    const input = { userId, displayName: 'Countess', publicMetadata: documentOf(8193) };
    expect(await manage(app, 'adminUpdateUser', input, boss)).toMatchObject({ field: 'publicMetadata' });
    expect((await app.auth.services.accounts.find(userId)).email).not.toBe('');
    expect(await manage(app, 'adminUpdateUser', { userId }, boss)).toMatchObject({ record: { displayName: null } });
  });
});

describe('changing an address', () => {
  test('moves the account, ends sessions and links, and tells the previous address', async () => {
    const ada = await app.register();
    const newEmailAddress = newEmail();
    await app.mutate('forgotPassword', { email: ada.email });
    const link = await app.mailer.token(ada.email, 'reset-password');
    const input = { userId: ada.userId, newEmail: newEmailAddress, verified: true };
    expect(await manage(app, 'adminChangeUserEmail', input, boss)).toMatchObject({
      ...{ changed: true, record: { email: newEmailAddress, emailVerifiedAt: expect.any(String) } },
    });
    expect(await manage(app, 'adminChangeUserEmail', input, boss)).toMatchObject({ changed: false });
    expect(await isSignedIn(ada)).toBe(false);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
    const reset = await app.mutate('resetPassword', { token: link, newPassword: 'a better horse battery' });
    expect(reset.__typename).toBe('InvalidTokenError');
    const { text } = await app.mailer.next(ada.email, 'email-changed');
    expect(text).toContain('The support team made this change.');
    expect(await trailOf(ada.userId, 'EmailChanged', 'SessionRevoked')).toEqual([
      byBoss('EmailChanged', { email: expect.any(String), previousEmail: expect.any(String), verified: true }),
      byBoss('SessionRevoked', { reason: 'EMAIL_CHANGED' }),
    ]);
    app.clock.advance(2);
    expect((await app.login({ ...ada, email: newEmailAddress })).userId).toBe(ada.userId);
  });

  test.each([
    ['deactivated before', 'adminDeactivateUser', true],
    ['deactivated afterwards', 'adminDeactivateUser', false],
    ['closed afterwards', 'adminDeleteUser', false],
  ])('tells the previous address even if the account is %s', async (_case, name, isBefore) => {
    const quiet = await createTestApp({ admin: { schema: 'included' } });
    const chief = await newOperator(quiet, [...SCOPES, 'auth:users:delete']);
    const { email, userId } = await quiet.register();
    const moved = newEmail();
    const close = (): Promise<object> =>
      manage(quiet, name, name === 'adminDeleteUser' ? { userId, email: moved } : { userId }, chief);
    if (isBefore) await close();
    const change = { userId, newEmail: moved, verified: true };
    expect(await manage(quiet, 'adminChangeUserEmail', change, chief)).toMatchObject({ changed: true });
    if (!isBefore) await close();
    await quiet.auth.start();
    await allDelivered(quiet);
    expect(quiet.mailer.to(email, 'email-changed')).toHaveLength(1);
  });

  test('leaves the new address unverified unless the operator knows it', async () => {
    const { userId } = await app.register();
    const { record } = await manage(app, 'adminChangeUserEmail', { userId, newEmail: newEmail() }, boss);
    expect(record?.emailVerifiedAt).toBeNull();
  });

  test('to a text that is not one is refused by name', async () => {
    const { userId } = await app.register();
    expect(await manage(app, 'adminChangeUserEmail', { userId, newEmail: 'not an address' }, boss)).toMatchObject({
      code: 'AUTH_INVALID_INPUT',
      field: 'newEmail',
    });
  });

  test('to one that is taken changes nothing', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const input = { userId: ada.userId, newEmail: bob.email };
    expect(await manage(app, 'adminChangeUserEmail', input, boss)).toMatchObject({
      code: 'AUTH_EMAIL_ALREADY_EXISTS',
    });
    expect(await isSignedIn(ada)).toBe(true);
  });
});

test('verifying an address needs the address that the user has', async () => {
  const { email, userId } = await app.register();
  const verify = (address: string): Promise<object> =>
    manage(app, 'adminVerifyUserEmail', { userId, email: address }, boss);
  expect(await verify(newEmail())).toMatchObject({ field: 'email' });
  expect(await verify(email)).toMatchObject({ changed: true, record: { emailVerifiedAt: expect.any(String) } });
  expect(await verify(email)).toMatchObject({ changed: false });
  expect(await trailOf(userId, 'EmailVerified')).toHaveLength(1);
});

test('changing roles adds and removes them one by one, and makes access tokens stale', async () => {
  const ada = await app.register();
  const change = (add: string[], remove: string[]): Promise<object> =>
    manage(app, 'adminChangeUserRoles', { userId: ada.userId, add, remove }, boss);
  expect(await change(['a', 'b'], [])).toMatchObject({ changed: true, record: { roles: ['a', 'b'] } });
  expect(await change(['c', 'd'], ['a', 'd'])).toMatchObject({ changed: true, record: { roles: ['b', 'c'] } });
  expect(await change(['b'], ['a'])).toMatchObject({ changed: false });
  expect(await change(['not a scope'], [])).toMatchObject({ field: 'roles' });
  expect(await trailOf(ada.userId, 'RolesChanged')).toEqual([
    byBoss('RolesChanged', { roles: ['a', 'b'] }),
    byBoss('RolesChanged', { roles: ['b', 'c'] }),
  ]);
  expect((await app.auth.revocations()).users[ada.userId]).toEqual(expect.any(Number));
});

describe('deactivating a user', () => {
  test('ends sessions, tokens and links at once, in a verifier too', async () => {
    const ada = await app.register();
    const address = await app.server.listen({ host: '127.0.0.1', port: 0 });
    const revocations = { everySeconds: 0.05, uri: `${address}/revocations` };
    const verifier = createTokenVerifier({ secret: TEST_SECRET, clock: app.clock, revocations });
    expect((await verifier.verify(ada.accessToken)).userId).toBe(ada.userId);
    await app.mutate('forgotPassword', { email: ada.email });
    const token = await app.mailer.token(ada.email, 'reset-password');
    const input = { userId: ada.userId, reason: 'left' };
    expect(await manage(app, 'adminDeactivateUser', input, boss)).toMatchObject({
      ...{ changed: true, record: { status: 'DEACTIVATED', deactivationReason: 'left' } },
    });
    expect(await manage(app, 'adminDeactivateUser', input, boss)).toMatchObject({ changed: false });
    expect(await isSignedIn(ada)).toBe(false);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
    const reset = await app.mutate('resetPassword', { token, newPassword: 'a better horse battery' });
    expect(reset.__typename).toBe('InvalidTokenError');
    await until(async () => {
      app.clock.advance(0.05);
      return verifier.verify(ada.accessToken).then(
        () => false,
        () => true,
      );
    }, 'the verifier');
    // The verifier has learnt it: the token has not expired.
    const exp = Number(claimsOf(ada.accessToken)['exp']);
    expect(app.clock.now().getTime() / 1000).toBeLessThan(exp);
    expect(await trailOf(ada.userId, 'UserDeactivated', 'SessionRevoked')).toEqual([
      byBoss('SessionRevoked', { reason: 'DEACTIVATED' }),
      byBoss('UserDeactivated'),
    ]);
  });

  test.each(['x'.repeat(501), 'a\u0000', 'a\ud800', 'a\u001b[2J', 'a\u202Eb'])(
    'refuses the reason %j',
    async (reason) => {
      const { userId } = await app.register();
      expect(await manage(app, 'adminDeactivateUser', { userId, reason }, boss)).toMatchObject({ field: 'reason' });
    },
  );

  test('accepts a reason of several lines', async () => {
    const { userId } = await app.register();
    const input = { userId, reason: 'left:\r\n\tthe company\n\tthe country' };
    const record = { deactivationReason: input.reason };
    expect(await manage(app, 'adminDeactivateUser', input, boss)).toMatchObject({ record });
  });
});

test('reactivating lets the user sign in again, and is told once', async () => {
  const ada = await app.register();
  const { userId } = ada;
  await manage(app, 'adminDeactivateUser', { userId }, boss);
  expect(await manage(app, 'adminReactivateUser', { userId }, boss)).toMatchObject({
    ...{ changed: true, record: { status: 'ACTIVE', deactivationReason: null } },
  });
  expect(await manage(app, 'adminReactivateUser', { userId }, boss)).toMatchObject({ changed: false });
  app.clock.advance(2);
  expect((await app.login(ada)).userId).toBe(userId);
  expect(await trailOf(userId, 'UserReactivated')).toEqual([byBoss('UserReactivated')]);
});

test('revoking sessions ends one or all of a user, and nobody else', async () => {
  const [ada, bob] = [await app.register(), await app.register()];
  const phone = await app.login(ada);
  const revoke = (input: object): Promise<object> =>
    manage(app, 'adminRevokeUserSessions', { userId: ada.userId, ...input }, boss);
  expect(await revoke({ sessionId: bob.sessionId })).toMatchObject({ code: 'AUTH_SESSION_NOT_FOUND' });
  expect(await revoke({ sessionId: 'nonsense' })).toMatchObject({ code: 'AUTH_SESSION_NOT_FOUND' });
  expect(await revoke({ sessionId: phone.sessionId })).toMatchObject({ count: 1 });
  expect([await isSignedIn(ada), await isSignedIn(phone)]).toEqual([true, false]);
  expect(await revoke({})).toMatchObject({ count: 1 });
  expect(await revoke({})).toMatchObject({ count: 0 });
  expect([await isSignedIn(ada), await isSignedIn(bob)]).toEqual([false, true]);
  const line = byBoss('SessionRevoked', { reason: 'REVOKED_BY_OPERATOR' });
  expect(await trailOf(ada.userId, 'SessionRevoked')).toEqual([line, line]);
});

test('unlocking ends a lockout, and is told once', async () => {
  const ada = await app.register();
  const { userId } = ada;
  for (let n = 0; n < 5; n += 1) await app.mutate('login', { email: ada.email, password: 'wrong' });
  expect(await manage(app, 'adminUpdateUser', { userId }, boss)).toMatchObject({
    record: { lockedUntil: expect.any(String) },
  });
  expect(await manage(app, 'adminUnlockUser', { userId }, boss)).toMatchObject({
    ...{ changed: true, record: { lockedUntil: null } },
  });
  expect(await manage(app, 'adminUnlockUser', { userId }, boss)).toMatchObject({ changed: false });
  expect((await app.login(ada)).userId).toBe(userId);
  expect(await trailOf(userId, 'AccountUnlocked')).toEqual([byBoss('AccountUnlocked')]);
});

describe('sending a password reset', () => {
  test('emails a link that says who asked, and counts with those that the user asks for', async () => {
    const ada = await app.register();
    const { userId } = ada;
    expect(await manage(app, 'adminSendPasswordReset', { userId }, boss)).toMatchObject({ email: ada.email });
    const { text } = await app.mailer.next(ada.email, 'reset-password');
    expect(text).toContain('The support team requested a new password for your account.');
    expect(await manage(app, 'adminSendPasswordReset', { userId }, boss)).toMatchObject({
      code: 'AUTH_TOO_MANY_REQUESTS',
    });
    await app.mutate('forgotPassword', { email: ada.email });
    expect(await trailOf(userId, 'PasswordResetRequested')).toEqual([byBoss('PasswordResetRequested')]);
    expect((await app.login(ada)).userId).toBe(userId);
  });

  test('is refused for a closed account', async () => {
    const { userId } = await app.register();
    await manage(app, 'adminDeactivateUser', { userId }, boss);
    expect(await manage(app, 'adminSendPasswordReset', { userId }, boss)).toMatchObject({
      code: 'AUTH_ACCOUNT_PROTECTED',
    });
    expect(await trailOf(userId, 'PasswordResetRequested')).toEqual([]);
  });
});

test('each change is one statement, or a transaction if it must see what was stored before or sends an invitation', async () => {
  const quiet = await createTestApp({ admin: { schema: 'included' } });
  const chief = await newOperator(quiet, SCOPES);
  const { email, userId } = await quiet.register();
  const { record } = await manage(quiet, 'adminCreateUser', { email: newEmail(), invite: false }, chief);
  const count = (name: string, input: object = {}): Promise<number> =>
    quiet.database.countStatements(() => manage(quiet, name, input, chief));
  expect(await count('adminCreateUser', { email: newEmail() })).toBe(1);
  expect(await count('adminUpdateUser', { userId, displayName: 'A', publicMetadata: { a: 1 } })).toBe(1);
  expect(await count('adminChangeUserRoles', { userId, add: ['a'] })).toBe(1);
  expect(await count('adminUnlockUser', { userId })).toBe(1);
  expect(await count('adminSendPasswordReset', { userId })).toBe(1);
  // Opens a connection for transactions.
  await count('adminChangeUserEmail', { userId, newEmail: newEmail() });
  expect(await count('adminRevokeUserSessions', { userId })).toBe(4);
  expect(await count('adminVerifyUserEmail', { userId, email })).toBe(4);
  expect(await count('adminDeactivateUser', { userId })).toBe(4);
  expect(await count('adminReactivateUser', { userId })).toBe(4);
  expect(await count('adminChangeUserEmail', { userId, newEmail: newEmail() })).toBe(4);
  expect(await count('adminSendInvitation', { userId: record?.id })).toBe(5);
});
