import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, SignedIn } from '../support/graphql-client.js';
import { until } from '../support/until.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RECORD = `query ($id: ID!) {
  adminUser(id: $id) {
    __typename
    ... on AuthUserRecord {
      id email emailVerifiedAt firstName lastName displayName avatarUrl locale status roles hasPassword createdAt lastLoginAt
      deactivatedAt deactivationReason lockedUntil publicMetadata privateMetadata
      user { id firstName }
      sessions { id current }
    }
    ... on AuthError { code }
  }
}`;

interface Found {
  readonly adminUser: Readonly<Record<string, unknown>> | null;
}

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' } });
});

async function operator(...roles: string[]): Promise<SignedIn> {
  const user = await app.register();
  await app.auth.services.roles.set(user.userId, roles);
  app.clock.advance(2);
  return app.login(user);
}

async function show(id: string, { accessToken: token }: Pick<SignedIn, 'accessToken'>): Promise<Answer<Found>> {
  return app.request<Found>(RECORD, { id }, { token });
}

describe('adminUser', () => {
  test('shows a user in one statement, and sessions and metadata in one each', async () => {
    const boss = await operator('auth:users:read');
    const ada = await app.register({ firstName: 'Ada', lastName: 'Lovelace' });
    await app.auth.services.profiles.update(ada.userId, {
      publicMetadata: { plan: 'pro' },
      privateMetadata: { risk: 1 },
    });
    // Opens the connections that the statements share.
    await show(ada.userId, boss);
    const statements = await app.database.countStatements(async () => {
      const { data, errors } = await show(ada.userId, boss);
      expect(errors).toEqual([]);
      expect(data.adminUser).toEqual({
        ...{ __typename: 'AuthUserRecord', id: ada.userId, email: ada.email, emailVerifiedAt: null },
        ...{ firstName: 'Ada', lastName: 'Lovelace', displayName: null, avatarUrl: null, locale: null },
        ...{ status: 'ACTIVE', roles: [], hasPassword: true, createdAt: expect.any(String) },
        ...{ lastLoginAt: expect.any(String), deactivatedAt: null, deactivationReason: null, lockedUntil: null },
        ...{ publicMetadata: { plan: 'pro' }, privateMetadata: { risk: 1 } },
        user: { id: ada.userId, firstName: 'Ada' },
        sessions: [{ id: ada.sessionId, current: false }],
      });
    });
    expect(statements).toBe(3);
  });

  test('shows what the user keeps private only in the record', async () => {
    const boss = await operator('auth:users:read');
    const ada = await app.register();
    const query = 'query ($id: ID!) { adminUser(id: $id) { ... on AuthUserRecord { email user { email } } } }';
    const { data, errors } = await app.request<Found>(query, { id: ada.userId }, { token: boss.accessToken });
    expect(data.adminUser).toEqual({ email: ada.email, user: { email: null } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test.each(['019a0000-0000-7000-8000-000000000000', 'nobody', ''])('finds nobody with the id "%s"', async (id) => {
    const { data } = await show(id, await operator('auth:users:read'));
    expect(data.adminUser).toEqual({ __typename: 'AccountNotFoundError', code: 'AUTH_ACCOUNT_NOT_FOUND' });
  });

  test('tells deactivated and invited users, and locks, apart', async () => {
    const boss = await operator('auth:users:read');
    const ada = await app.register();
    await app.auth.services.accounts.deactivate(ada.userId, 'left');
    expect((await show(ada.userId, boss)).data.adminUser).toMatchObject({
      ...{
        status: 'DEACTIVATED',
        deactivationReason: 'left',
        deactivatedAt: app.clock.now().toISOString(),
        sessions: [],
      },
    });
    const bob = await app.register();
    await app.database.sql('update auth_user set password_hash = null where id = $1', [bob.userId]);
    expect((await show(bob.userId, boss)).data.adminUser).toMatchObject({ status: 'INVITED', hasPassword: false });
    const eve = await app.register();
    const until = await app.auth.services.unlock.lock(eve.email, 60);
    expect((await show(eve.userId, boss)).data.adminUser).toMatchObject({ lockedUntil: until.toISOString() });
  });
});

describe('an operator', () => {
  test.each([[[]], [['auth:users:write', 'auth:users', 'AUTH:USERS:READ']]])(
    'with the scopes %j is refused by a field that requires another, before any statement',
    async (roles) => {
      const boss = await operator(...roles);
      const statements = await app.database.countStatements(async () => {
        const { data, errors } = await show(boss.userId, boss);
        expect(data.adminUser).toBeNull();
        expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['auth:users:read'] });
      });
      expect(statements).toBe(0);
    },
  );

  test('who has lost a role is refused although the access token still grants it', async () => {
    const boss = await operator('auth:users:read');
    await app.auth.services.roles.set(boss.userId, []);
    const { data, errors } = await show(boss.userId, boss);
    expect(data.adminUser).toBeNull();
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
  });

  test('whose session has ended, or whose account is inactive, is refused', async () => {
    const boss = await operator('auth:users:read');
    await app.mutate('logout', undefined, { token: boss.accessToken });
    expect((await show(boss.userId, boss)).errors[0]?.extensions).toMatchObject({ reason: 'SESSION_ENDED' });
    const other = await operator('auth:users:read');
    await app.database.sql('update auth_user set active = false where id = $1', [other.userId]);
    expect((await show(other.userId, other)).errors[0]?.extensions).toMatchObject({ reason: 'SESSION_ENDED' });
  });

  test('sees the audit trail of a user only with a further scope, and who acted', async () => {
    const traced = await createTestApp({
      admin: { schema: 'included' },
      database: { url: app.database.url },
      background: true,
    });
    const boss = await operator('auth:users:read', 'auth:audit:read');
    const query = `query ($id: ID!) { adminUser(id: $id) { ... on AuthUserRecord {
      securityEvents(names: ["UserRegistered"]) { nodes { name actor { kind } } } } } }`;
    const [ada, reader] = [await traced.register(), await operator('auth:users:read')];
    const ask = async (token: string): Promise<Answer<Found>> =>
      traced.request<Found>(query, { id: ada.userId }, { token });
    const trail = async (): Promise<object[]> => {
      const { adminUser } = (await ask(boss.accessToken)).data;
      return (adminUser?.['securityEvents'] as { nodes: object[] }).nodes;
    };
    expect(await until(async () => (await trail())[0], 'the event')).toMatchObject({ name: 'UserRegistered' });
    const refused = await ask(reader.accessToken);
    expect(refused.data.adminUser).toEqual({ securityEvents: null });
    expect(refused.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['auth:audit:read'] });
  });
});
