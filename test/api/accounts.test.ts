import { beforeAll, describe, expect, test } from '@jest/globals';
import { TABLES } from '../../src/features.js';
import { migrate } from '../../src/platform/database/orm.js';
import { createTestDatabase } from '../support/database.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function eventsOf(userId: string, name: string): Promise<{ id: string; payload: Record<string, unknown> }[]> {
  return app.database.sql(
    `select id, payload from auth_outbox where name = $1 and payload ->> 'userId' = $2 order by id`,
    [name, userId],
  );
}

async function isSignedIn({ accessToken: token }: Pick<SignedIn, 'accessToken'>): Promise<boolean> {
  const { data } = await app.request<{ me: object | null }>('{ me { id } }', {}, { token });
  return data.me !== null;
}

async function tokensNotBefore(userId: string): Promise<number> {
  const [row] = await app.database.sql<{ since: Date | null }>(
    'select tokens_not_before as since from auth_user where id = $1',
    [userId],
  );
  return row?.since?.getTime() ?? 0;
}

describe('deactivating an account', () => {
  test('ends its sessions, tokens and links at once, and nobody else is affected', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const phone = await app.login(ada);
    const link = `insert into auth_one_time_token (id, user_id, purpose, email, token_hash, created_at, expires_at)
      values (gen_random_uuid(), $1, 'RESET_PASSWORD', $2, $3, $4, $5)`;
    const now = app.clock.now();
    await app.database.sql(link, [
      ada.userId,
      ada.email,
      Buffer.from(ada.userId),
      now,
      new Date(now.getTime() + 60_000),
    ]);
    expect(await app.auth.services.accounts.deactivate(ada.email, 'left')).toBe(true);
    for (const session of [ada, phone]) {
      expect(await isSignedIn(session)).toBe(false);
      expect((await app.refresh(session.refreshToken)).__typename).toBe('InvalidTokenError');
    }
    expect(Number(claimsOf(ada.accessToken)['iat']) * 1000).toBeLessThan(await tokensNotBefore(ada.userId));
    const open = 'select from auth_one_time_token where user_id = $1 and consumed_at is null';
    expect(await app.database.sql(open, [ada.userId])).toEqual([]);
    expect((await app.mutate('login', { email: ada.email, password: ada.password })).__typename).toBe(
      'InvalidCredentialsError',
    );
    expect(await isSignedIn(bob)).toBe(true);
    expect(await app.auth.services.accounts.find(ada.userId)).toMatchObject({
      ...{ email: ada.email, status: 'deactivated', deactivationReason: 'left' },
      deactivatedAt: app.clock.now(),
    });
  });

  test('records one event of the account and one of each session, with ids that sort by time', async () => {
    const ada = await app.register();
    const phone = await app.login(ada);
    await app.auth.services.accounts.deactivate(ada.email);
    expect(await eventsOf(ada.userId, 'UserDeactivated')).toMatchObject([{ payload: { reason: null } }]);
    const ended = await eventsOf(ada.userId, 'SessionRevoked');
    expect(ended.map(({ payload }) => payload['sessionId']).sort()).toEqual([ada.sessionId, phone.sessionId].sort());
    expect(new Set(ended.map(({ id }) => id)).size).toBe(2);
    for (const { id, payload } of ended) {
      expect(payload['reason']).toBe('DEACTIVATED');
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(app.clock.now().getTime());
    }
  });

  test('is one transaction after the look-up, and a second time changes nothing', async () => {
    const { accounts } = app.auth.services;
    const ada = await app.register();
    expect(await app.database.countStatements(() => accounts.deactivate(ada.userId))).toBe(5);
    expect(await accounts.deactivate(ada.userId, 'again')).toBe(false);
    expect(await accounts.find(ada.email)).toMatchObject({ deactivationReason: null });
    expect(await eventsOf(ada.userId, 'UserDeactivated')).toHaveLength(1);
  });
});

describe('reactivating an account', () => {
  test('lets the user sign in again, but revives no session', async () => {
    const { accounts } = app.auth.services;
    const ada = await app.register();
    await accounts.deactivate(ada.email);
    expect(await accounts.reactivate(ada.email)).toBe(true);
    expect(await accounts.reactivate(ada.email)).toBe(false);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
    app.clock.advance(2);
    expect(await isSignedIn(await app.login(ada))).toBe(true);
    expect(await accounts.find(ada.email)).toMatchObject({ status: 'active', deactivatedAt: null });
    expect(await eventsOf(ada.userId, 'UserReactivated')).toHaveLength(1);
  });

  test('ends a session that a sign-in opened while the account was being closed', async () => {
    const { accounts } = app.auth.services;
    const ada = await app.register();
    await accounts.deactivate(ada.email);
    await app.database.sql('update auth_session set revoked_at = null where id = $1', [ada.sessionId]);
    await accounts.reactivate(ada.email);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
  });
});

test('verifying an address discards other registrations and links, and records one event', async () => {
  const strict = await createTestApp({
    database: { url: app.database.url },
    registration: { requireEmailVerification: true },
  });
  const email = newEmail();
  const password = 'correct horse battery';
  await strict.mutate('register', { email, password });
  expect((await strict.mutate('login', { email, password })).__typename).toBe('EmailNotVerifiedError');
  expect(await app.auth.services.accounts.verifyEmail(email)).toBe(true);
  expect(await app.auth.services.accounts.verifyEmail(email)).toBe(false);
  const { id } = await app.auth.services.accounts.find(email);
  expect(await app.database.sql('select from auth_registration_claim where user_id = $1', [id])).toEqual([]);
  expect(await eventsOf(id, 'EmailVerified')).toHaveLength(1);
  expect((await strict.mutate('login', { email, password })).__typename).toBe('LoginSuccess');
});

describe('a lock by an operator', () => {
  test('refuses sign-ins from known devices too, keeps sessions, and ends with unlocking', async () => {
    const { accounts, unlock } = app.auth.services;
    const ada = await app.register();
    const { deviceToken: known } = await app.mutate('login', { email: ada.email, password: ada.password });
    expect(known).toEqual(expect.any(String));
    const until = await unlock.lock(ada.email, 60);
    expect(until.getTime()).toBe(app.clock.now().getTime() + 60_000);
    for (const deviceToken of [null, known])
      expect(await app.mutate('login', { email: ada.email, password: ada.password, deviceToken })).toMatchObject({
        __typename: 'AccountLockedError',
      });
    expect(await isSignedIn(ada)).toBe(true);
    expect(await accounts.find(ada.email)).toMatchObject({ lockedUntil: until });
    expect(await unlock.unlock(ada.email)).toBe(true);
    expect((await app.login(ada)).userId).toBe(ada.userId);
  });

  test('is an event that says how long it lasts, and so is its end', async () => {
    const { unlock } = app.auth.services;
    const ada = await app.register();
    await unlock.lock(ada.email, 60);
    expect(await eventsOf(ada.userId, 'AccountLockedByOperator')).toMatchObject([{ payload: { durationSeconds: 60 } }]);
    await unlock.unlock(ada.email);
    await unlock.unlock(ada.email);
    expect(await eventsOf(ada.userId, 'AccountUnlocked')).toHaveLength(1);
  });

  test('ends by itself', async () => {
    const ada = await app.register();
    await app.auth.services.unlock.lock(ada.email, 60);
    app.clock.advance(61);
    expect((await app.login(ada)).userId).toBe(ada.userId);
  });

  test('lasts no longer than a lockout, and needs an account', async () => {
    const { unlock } = app.auth.services;
    const ada = await app.register();
    await expect(unlock.lock(ada.email, 901)).rejects.toThrow('at most 900 seconds');
    await expect(unlock.lock(newEmail())).rejects.toThrow('No account has');
    await app.auth.services.accounts.deactivate(ada.email);
    await expect(unlock.lock(ada.email)).rejects.toThrow('No active account');
  });
});

test('an account has the status that the list of users shows', async () => {
  const { accounts, accountClosing, userCreation, userLists } = app.auth.services;
  const { email: active } = await app.register();
  const { email: deactivated } = await app.register();
  await accounts.deactivate(deactivated);
  const { email: closed } = await app.register();
  await accountClosing.close(closed);
  const { email: invited } = await userCreation.create({ email: newEmail() });
  for (const [status, email] of Object.entries({ active, deactivated, closed, invited })) {
    expect(await accounts.find(email)).toMatchObject({ email, status });
    const { users } = await userLists.list(undefined, { filter: { search: email }, first: 1 });
    expect(users.map(({ record }) => record)).toMatchObject([{ email, status: status.toUpperCase() }]);
  }
});

test('the reason of a deactivation has at most 500 characters, each of which counts once', async () => {
  const { accounts } = app.auth.services;
  const reason = '😀'.repeat(500);
  const ada = await app.register();
  for (const long of [`${reason}!`, 'x'.repeat(501), '😀'.repeat(100_000)])
    await expect(accounts.deactivate(ada.email, long)).rejects.toThrow('at most 500 characters');
  await accounts.deactivate(ada.email, reason);
  expect(await accounts.find(ada.email)).toMatchObject({ deactivationReason: reason });
});

describe('roles', () => {
  test('are added and removed one by one, and concurrent changes lose nothing', async () => {
    const { roles } = app.auth.services;
    const ada = await app.register();
    const names = Array.from({ length: 20 }, (_value, n) => `role-${String(n)}`);
    await Promise.all(names.map((name) => roles.change(ada.userId, { add: [name], remove: [] })));
    const { roles: all } = await app.auth.services.accounts.find(ada.userId);
    expect([...all].sort()).toEqual([...names].sort());
    app.clock.advance(1);
    expect((await roles.change(ada.userId, { add: ['editor'], remove: names })).record.roles).toEqual(['editor']);
    const changes = await eventsOf(ada.userId, 'RolesChanged');
    expect(changes).toHaveLength(21);
    expect(changes.at(-1)?.payload['roles']).toEqual(['editor']);
    expect(await roles.change(ada.userId, { add: ['editor'], remove: ['none'] })).toMatchObject({ changed: false });
    expect(await eventsOf(ada.userId, 'RolesChanged')).toHaveLength(21);
  });

  test('are refused beyond the maximum, and then nothing changes', async () => {
    const { accounts, roles } = app.auth.services;
    const ada = await app.register();
    const many = Array.from({ length: 50 }, (_value, n) => `r${String(n)}`);
    await roles.set(ada.userId, many);
    await expect(roles.change(ada.userId, { add: ['more'], remove: [] })).rejects.toThrow('at most 50 roles');
    expect((await accounts.find(ada.userId)).roles).toEqual(many);
  });
});

test('an account has its status in a database with Turkish rules, where the lower case of I has no dot', async () => {
  const database = await createTestDatabase({ empty: true, locale: 'tr-TR' });
  await migrate(database.url, TABLES);
  const turkish = await createTestApp({ database: { url: database.url } });
  const { email } = await turkish.register();
  expect(await turkish.auth.services.accounts.find(email)).toMatchObject({ status: 'active' });
  await turkish.auth.services.accounts.deactivate(email, 'left');
  expect(await turkish.auth.services.accounts.find(email)).toMatchObject({ status: 'deactivated' });
  await turkish.auth.close();
  await database.drop();
});
