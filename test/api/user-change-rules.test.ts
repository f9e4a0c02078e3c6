import { beforeAll, describe, expect, test } from '@jest/globals';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { manage, MANAGEMENT_MUTATIONS, manageResponse, newOperator } from '../support/operators.js';
import { createService, tokenOf } from '../support/service-accounts.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const SCOPES = [
  ...['auth:users:read', 'auth:users:write', 'auth:users:credentials', 'auth:users:delete', 'auth:roles:write'],
];
const NOBODY = '019a0000-0000-7000-8000-000000000000';
const ABOUT_USERS = MANAGEMENT_MUTATIONS.filter(({ hasTarget }) => hasTarget !== false);

let app: TestApp;
let boss: SignedIn;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' }, serviceAccounts: { enabled: true } });
  boss = await newOperator(app, SCOPES);
  ada = await app.register();
});

/** Everything that a change of accounts could touch. */
async function everything(): Promise<object> {
  const tables = ['auth_user', 'auth_session', 'auth_one_time_token', 'auth_user_metadata', 'auth_email_limit'];
  const read = (table: string): Promise<object[]> => app.database.sql(`select * from ${table} t order by t::text`);
  return { rows: await Promise.all([...tables, 'auth_outbox'].map(read)) };
}

describe.each(MANAGEMENT_MUTATIONS)('$name', ({ name, rest, scope, hasTarget }) => {
  const inputFor = (userId: string): object => ({ ...(hasTarget !== false && { userId }), ...rest });

  test('is refused without its scope', async () => {
    const clerk = await newOperator(
      app,
      SCOPES.filter((own) => own !== scope),
    );
    const before = await everything();
    for (const token of [clerk, ada]) {
      const { data, errors } = await manageResponse(app, name, inputFor(ada.userId), token);
      expect(data[name]).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', scopes: [scope] } }]);
    }
    expect(await everything()).toEqual(before);
  });

  test('is refused to an operator who has lost a role, although the token still has it', async () => {
    const clerk = await newOperator(app, SCOPES);
    await app.auth.services.roles.change(clerk.userId, { add: [], remove: ['auth:users:read'] });
    const before = await everything();
    const { errors } = await manageResponse(app, name, inputFor(ada.userId), clerk);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }]);
    expect(await everything()).toEqual(before);
  });

  test('is refused to an operator whose session has ended or whose account is closed', async () => {
    const [clerk, closed] = [await newOperator(app, SCOPES), await newOperator(app, SCOPES)];
    await app.mutate('logout', undefined, { token: clerk.accessToken });
    await app.auth.services.accounts.deactivate(closed.userId);
    const before = await everything();
    for (const token of [clerk, closed]) {
      const { errors } = await manageResponse(app, name, inputFor(ada.userId), token);
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }]);
    }
    expect(await everything()).toEqual(before);
  });
});

test('a token that is issued while a change of roles waits for its lock is stale too', async () => {
  const clerk = await newOperator(app, SCOPES);
  const release = await app.database.lockRows('auth_user', [clerk.userId]);
  const demoted = app.auth.services.roles.set(clerk.userId, []);
  await app.database.untilWaiting('with pair as');
  app.clock.advance(4);
  const { tokens } = (await app.refresh(clerk.refreshToken)) as { tokens: { accessToken: string } };
  await release();
  await demoted;
  const late = { ...clerk, accessToken: tokens.accessToken };
  const { errors } = await manageResponse(app, 'adminUpdateUser', { userId: ada.userId, displayName: 'x' }, late);
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }]);
});

test('events carry the id of a user as the database writes it, however the operator did', async () => {
  const { userId } = await app.register();
  for (const { name, rest } of ABOUT_USERS) await manage(app, name, { userId: userId.toUpperCase(), ...rest }, boss);
  const payloads = await app.database.sql(`select name from auth_outbox where payload ->> 'userId' = $1`, [
    userId.toUpperCase(),
  ]);
  expect(payloads).toEqual([]);
});

describe.each(ABOUT_USERS)('$name', ({ name, rest }) => {
  test('is refused for a user with a role of user management that the operator lacks', async () => {
    const auditor = await newOperator(app, ['auth:audit:read']);
    const before = await everything();
    expect(await manage(app, name, { userId: auditor.userId, ...rest }, boss)).toEqual({
      ...{ __typename: 'AccountProtectedError', code: 'AUTH_ACCOUNT_PROTECTED' },
    });
    expect(await everything()).toEqual(before);
  });

  test('finds no account whose grace period is over, even if it has not been erased yet', async () => {
    const { email, userId } = await app.register();
    await app.auth.services.accountClosing.close(userId);
    await app.database.sql('update auth_user set erase_after = $1 where id = $2', [app.clock.now(), userId]);
    const before = await everything();
    const input = { userId, ...rest, ...('email' in (rest ?? {}) && { email }) };
    expect(await manage(app, name, input, boss)).toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
    expect(await everything()).toEqual(before);
  });

  test.each([NOBODY, 'nobody', ''])('finds nobody with the id "%s"', async (userId) => {
    expect(await manage(app, name, { userId, ...rest }, boss)).toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
  });
});

describe('operators', () => {
  test.each(['adminDeactivateUser', 'adminDeleteUser', 'adminChangeUserRoles', 'adminChangeUserEmail'])(
    'cannot do %s to themselves',
    async (name) => {
      const { rest } = ABOUT_USERS.find((mutation) => mutation.name === name) ?? {};
      const before = await everything();
      const outcome = await manage(app, name, { userId: boss.userId, ...rest }, boss);
      expect(outcome).toMatchObject({ code: 'AUTH_ACCOUNT_PROTECTED' });
      expect(await everything()).toEqual(before);
    },
  );

  test('can update, verify and unlock themselves, and end their own sessions', async () => {
    const self = await newOperator(app, SCOPES);
    const { email, userId } = self;
    expect(await manage(app, 'adminUpdateUser', { userId, displayName: 'Me' }, self)).toMatchObject({ changed: true });
    expect(await manage(app, 'adminVerifyUserEmail', { userId, email }, self)).toMatchObject({ changed: true });
    expect(await manage(app, 'adminUnlockUser', { userId }, self)).toMatchObject({ changed: false });
    expect(await manage(app, 'adminRevokeUserSessions', { userId }, self)).toMatchObject({ count: 2 });
    const { errors } = await manageResponse(app, 'adminUnlockUser', { userId }, self);
    expect(errors).toMatchObject([{ extensions: { reason: 'SESSION_ENDED' } }]);
  });

  test('neither give nor take a role of user management that they do not have', async () => {
    const before = await everything();
    const change = { userId: ada.userId };
    for (const input of [{ add: ['auth:audit:read'] }, { remove: ['auth:audit:read'] }, { add: ['auth:else'] }])
      expect(await manage(app, 'adminChangeUserRoles', { ...change, ...input }, boss)).toMatchObject({
        code: 'AUTH_ACCOUNT_PROTECTED',
      });
    const created = { email: 'new@example.com', roles: ['auth:audit:read'] };
    expect(await manage(app, 'adminCreateUser', created, boss)).toMatchObject({ code: 'AUTH_ACCOUNT_PROTECTED' });
    expect(await everything()).toEqual(before);
  });

  test('give and take the roles of user management that they have', async () => {
    const { userId } = await app.register();
    const change = (input: object): Promise<object> => manage(app, 'adminChangeUserRoles', { userId, ...input }, boss);
    expect(await change({ add: ['auth:users:write'] })).toMatchObject({ record: { roles: ['auth:users:write'] } });
    expect(await change({ remove: ['auth:users:write'] })).toMatchObject({ record: { roles: [] } });
  });
});

describe('a service account', () => {
  const input = { displayName: 'Ada' };
  const operatorWith = async (...scopes: string[]): Promise<{ id: string; accessToken: string }> => {
    const service = await createService(app, scopes);
    return { id: service.id, accessToken: await tokenOf(app, service) };
  };

  test('with the scope changes users, and is the actor of the events', async () => {
    const { userId } = await app.register();
    const program = await operatorWith('auth:users:write', 'auth:roles:write');
    expect(await manage(app, 'adminUpdateUser', { userId, ...input }, program)).toMatchObject({ changed: true });
    expect(await manage(app, 'adminChangeUserRoles', { userId, add: ['a'] }, program)).toMatchObject({ changed: true });
    const created = await manage(app, 'adminCreateUser', { email: newEmail(), roles: ['a'] }, program);
    expect(created.__typename).toBe('AuthUserCreated');
    const [event] = await app.database.sql(
      `select origin -> 'actor' as actor from auth_outbox where name = 'ProfileUpdated' and payload ->> 'userId' = $1`,
      [userId],
    );
    expect(event).toEqual({ actor: { kind: 'SERVICE', id: program.id } });
  });

  test('cannot touch who holds more, and nothing once it is deleted', async () => {
    const program = await operatorWith('auth:users:write');
    expect(await manage(app, 'adminUpdateUser', { userId: boss.userId, ...input }, program)).toMatchObject({
      code: 'AUTH_ACCOUNT_PROTECTED',
    });
    await app.auth.services.serviceAccounts.delete(program.id);
    const { errors } = await manageResponse(app, 'adminUpdateUser', { userId: ada.userId, ...input }, program);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('a user', () => {
  test('cannot write roles, status or metadata of operators with any input of a public mutation', async () => {
    const inputs = await app.request<{
      __schema: { types: { kind: string; name: string; inputFields: { name: string }[] }[] };
    }>('{ __schema { types { kind name inputFields { name } } } }');
    const reserved = ['roles', 'active', 'publicMetadata', 'privateMetadata', 'emailVerified', 'deactivationReason'];
    const open = inputs.data.__schema.types.filter(
      ({ kind, name }) => kind === 'INPUT_OBJECT' && !name.startsWith('Admin'),
    );
    expect(open.length).toBeGreaterThan(5);
    for (const { inputFields } of open) expect(inputFields.filter(({ name }) => reserved.includes(name))).toEqual([]);
  });
});
