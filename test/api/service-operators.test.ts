import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newEmail, type Answer } from '../support/graphql-client.js';
import { createKey, createService, exchange, tokenOf, type TestService } from '../support/service-accounts.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { buildSchema } from '../../src/subgraph.js';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const SERVICES = 'auth:services:write';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ serviceAccounts: { enabled: true }, admin: { schema: 'included' } });
});

/** The access token of a user with these roles. */
async function operator(...roles: string[]): Promise<string> {
  const { email, password, userId } = await app.register();
  await app.auth.services.roles.set(userId, roles);
  return (await app.login({ email, password })).accessToken;
}

interface Outcome {
  readonly __typename: string;
  readonly code?: string;
  readonly serviceAccount?: { readonly id: string; readonly scopes: string[] };
  readonly key?: { readonly id: string; readonly hint: string; readonly revokedAt: string | null };
  readonly secret?: string;
  readonly serviceAccountId?: string;
}

const SELECTIONS: Readonly<Record<string, string>> = {
  adminCreateServiceAccount: '... on AuthServiceAccountCreated { serviceAccount { id scopes } }',
  adminCreateServiceKey: '... on AuthServiceKeyCreated { key { id hint revokedAt } secret }',
  adminRevokeServiceKey: '... on AuthServiceKeyRevoked { key { id hint revokedAt } }',
  adminDeleteServiceAccount: '... on AuthServiceAccountDeleted { serviceAccountId }',
};
const INPUTS: Readonly<Record<string, string>> = {
  adminCreateServiceAccount: 'AdminCreateServiceAccountInput',
  adminCreateServiceKey: 'AdminServiceAccountInput',
  adminRevokeServiceKey: 'AdminServiceKeyInput',
  adminDeleteServiceAccount: 'AdminServiceAccountInput',
};

async function mutation(field: string, input: object, token: string): Promise<Answer<Record<string, Outcome | null>>> {
  const selection = `__typename ${SELECTIONS[field] ?? ''} ... on AuthError { code }`;
  const query = `mutation ($input: ${INPUTS[field] ?? ''}!) { ${field}(input: $input) { ${selection} } }`;
  return app.request(query, { input }, { token });
}

async function mutate(field: string, input: object, token: string): Promise<Outcome> {
  const { data, text } = await mutation(field, input, token);
  const outcome = data[field];
  if (!outcome) throw new Error(text);
  return outcome;
}

const LIST = '{ adminServiceAccounts { id name scopes createdAt keys { id hint createdAt lastUsedAt revokedAt } } }';
const ADMIN_USER = `query ($id: ID!) {
  adminUser(id: $id) { __typename ... on AuthUserRecord { email user { id email } sessions { id current } } }
}`;

describe('user management', () => {
  test('has the operations for service accounts only if they are enabled, and all of them are tagged', () => {
    const included = { admin: { schema: 'included' as const } };
    expect(buildSchema(included).sdl).not.toContain('ServiceAccount');
    const { sdl } = buildSchema({ ...included, serviceAccounts: { enabled: true } });
    const open = buildSchema({ serviceAccounts: { enabled: true } }).sdl;
    expect(open).not.toMatch(/adminServiceAccounts|AuthServiceAccount|AuthServiceKey/);
    for (const line of sdl.split('\n'))
      if (/^ {2}admin\w*Service|^(type|input|union) (Auth|Admin)\w*Service/.test(line))
        expect(line).toContain('@tag(name: "admin")');
    expect(sdl).toMatch(/^ {2}adminServiceAccounts: \[AuthServiceAccount!\] @tag/m);
  });

  test('creates, lists, rotates and deletes service accounts', async () => {
    const token = await operator(SERVICES, 'orders:read');
    const created = await mutate('adminCreateServiceAccount', { name: 'billing', scopes: ['orders:read'] }, token);
    const serviceAccountId = created.serviceAccount?.id ?? '';
    const { key, secret = '' } = await mutate('adminCreateServiceKey', { serviceAccountId }, token);
    expect(secret.slice(-4)).toBe(key?.hint);
    const { accessToken } = await exchange(app, secret);
    expect(app.auth.services.accessTokens.verify(accessToken, app.clock.now())).toMatchObject({
      claims: { serviceId: serviceAccountId, scopes: ['orders:read'] },
    });
    const { data } = await app.request<{ adminServiceAccounts: { id: string }[] }>(LIST, {}, { token });
    const now = app.clock.now().toISOString();
    expect(data.adminServiceAccounts.filter(({ id }) => id === serviceAccountId)).toEqual([
      {
        ...{ id: serviceAccountId, name: 'billing', scopes: ['orders:read'], createdAt: now },
        keys: [{ id: key?.id, hint: key?.hint, createdAt: now, lastUsedAt: now, revokedAt: null }],
      },
    ]);
    const revoked = await mutate('adminRevokeServiceKey', { serviceAccountId, keyId: key?.id }, token);
    expect(revoked.key).toMatchObject({ id: key?.id, revokedAt: now });
    expect((await exchange(app, secret)).code).toBe('AUTH_INVALID_CREDENTIALS');
    const deletion = { serviceAccountId: serviceAccountId.toUpperCase() };
    const deleted = await mutate('adminDeleteServiceAccount', deletion, token);
    expect(deleted).toEqual({ __typename: 'AuthServiceAccountDeleted', serviceAccountId });
    for (const field of ['adminDeleteServiceAccount', 'adminCreateServiceKey'])
      expect((await mutate(field, { serviceAccountId }, token)).code).toBe('AUTH_ACCOUNT_NOT_FOUND');
  });

  test('needs the scope auth:services:write', async () => {
    const { id: serviceAccountId, keyId } = await createService(app);
    for (const token of [await operator('auth:users:write'), await tokenOf(app, await createService(app))]) {
      const answers = [
        await app.request(LIST, {}, { token }),
        await mutation('adminCreateServiceAccount', { name: 'x', scopes: [] }, token),
        await mutation('adminCreateServiceKey', { serviceAccountId }, token),
        await mutation('adminRevokeServiceKey', { serviceAccountId, keyId }, token),
        await mutation('adminDeleteServiceAccount', { serviceAccountId }, token),
      ];
      for (const { errors } of answers)
        expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: [SERVICES] });
    }
  });

  test('gives nobody a scope that they do not have', async () => {
    const token = await operator(SERVICES, 'orders:read');
    const code = 'AUTH_ACCOUNT_PROTECTED';
    for (const scopes of [['orders:write'], ['orders:read', 'auth:users:read']])
      expect(await mutate('adminCreateServiceAccount', { name: 'x', scopes }, token)).toMatchObject({ code });
    const { id: other } = await createService(app, ['orders:write']);
    expect(await mutate('adminCreateServiceKey', { serviceAccountId: other }, token)).toMatchObject({ code });
    expect((await app.auth.services.serviceAccounts.list()).find(({ id }) => id === other)?.keys).toHaveLength(1);
  });

  test('protects a service account with a scope of user management that the operator lacks', async () => {
    const token = await operator(SERVICES);
    const code = 'AUTH_ACCOUNT_PROTECTED';
    const { id: serviceAccountId, keyId } = await createService(app, ['auth:users:read']);
    expect(await mutate('adminRevokeServiceKey', { serviceAccountId, keyId }, token)).toMatchObject({ code });
    expect(await mutate('adminDeleteServiceAccount', { serviceAccountId }, token)).toMatchObject({ code });
    const { id: plain, keyId: plainKey } = await createService(app, ['orders:write']);
    const revoke = { serviceAccountId: plain, keyId: plainKey };
    expect((await mutate('adminRevokeServiceKey', revoke, token)).__typename).toBe('AuthServiceKeyRevoked');
  });

  test('reports a third key, and an invalid name or scope, as invalid input', async () => {
    const token = await operator(SERVICES);
    const { id: serviceAccountId } = await createService(app);
    await createKey(app, serviceAccountId);
    const code = 'AUTH_INVALID_INPUT';
    expect(await mutate('adminCreateServiceKey', { serviceAccountId }, token)).toMatchObject({ code });
    for (const input of [
      { name: '', scopes: [] },
      { name: 'x', scopes: ['a b'] },
    ])
      expect(await mutate('adminCreateServiceAccount', input, token)).toMatchObject({ code });
  });

  test.each(['adminCreateServiceKey', 'adminDeleteServiceAccount', 'adminRevokeServiceKey'])(
    '%s of an unknown account reports that it does not exist',
    async (field) => {
      const token = await operator(SERVICES);
      const { id, keyId } = await createService(app);
      const rest = field === 'adminRevokeServiceKey' ? { keyId } : {};
      for (const serviceAccountId of [UNKNOWN, 'nonsense'])
        expect((await mutate(field, { serviceAccountId, ...rest }, token)).code).toBe('AUTH_ACCOUNT_NOT_FOUND');
      if (field === 'adminRevokeServiceKey')
        expect((await mutate(field, { serviceAccountId: id, keyId: UNKNOWN }, token)).code).toBe(
          'AUTH_ACCOUNT_NOT_FOUND',
        );
    },
  );

  test('asks the database whether the operator still has the role', async () => {
    const { email, password, userId } = await app.register();
    await app.auth.services.roles.set(userId, [SERVICES]);
    const { accessToken } = await app.login({ email, password });
    const { id: serviceAccountId, keyId } = await createService(app);
    await app.auth.services.roles.set(userId, []);
    const input = { serviceAccountId };
    const answers = [
      await app.request(LIST, {}, { token: accessToken }),
      await mutation('adminCreateServiceAccount', { name: 'x', scopes: [] }, accessToken),
      await mutation('adminCreateServiceKey', input, accessToken),
      await mutation('adminRevokeServiceKey', { ...input, keyId }, accessToken),
      await mutation('adminDeleteServiceAccount', input, accessToken),
    ];
    for (const { errors } of answers)
      expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    const account = (await app.auth.services.serviceAccounts.list()).find(({ id }) => id === serviceAccountId);
    expect(account?.keys).toMatchObject([{ id: keyId, revokedAt: null }]);
  });
});

describe('a service account with a scope of user management', () => {
  let service: TestService;
  let token: string;
  beforeEach(async () => {
    service = await createService(app, ['auth:users:read', SERVICES, 'orders:read']);
    token = await tokenOf(app, service);
  });

  test('sees the records of users, but still no private field of User', async () => {
    const ada = await app.register();
    const { data, errors } = await app.request(ADMIN_USER, { id: ada.userId }, { token });
    expect(data).toEqual({
      adminUser: {
        ...{ __typename: 'AuthUserRecord', email: ada.email, user: { id: ada.userId, email: null } },
        sessions: [{ id: ada.sessionId, current: false }],
      },
    });
    expect(errors.map(({ extensions, path }) => [path, extensions])).toEqual([
      [['adminUser', 'user', 'email'], { code: 'FORBIDDEN', reason: 'USER_REQUIRED' }],
    ]);
  });

  test('manages other service accounts within its scopes, and is named as who did it', async () => {
    const scopes = ['orders:read'];
    const created = await mutate('adminCreateServiceAccount', { name: 'reports', scopes }, token);
    const serviceAccountId = created.serviceAccount?.id;
    expect((await mutate('adminCreateServiceKey', { serviceAccountId }, token)).secret).toMatch(/^ask_/);
    const rows = await app.database.sql(
      `select name, origin #>> '{actor,kind}' as kind, origin #>> '{actor,id}' as id from auth_outbox
       where payload ->> 'serviceAccountId' = $1 order by name`,
      [serviceAccountId],
    );
    const by = { kind: 'SERVICE', id: service.id };
    expect(rows).toEqual([
      { name: 'ServiceAccountCreated', ...by },
      { name: 'ServiceKeyCreated', ...by },
    ]);
  });

  test('replaces its own key, and cannot delete itself', async () => {
    const next = await mutate('adminCreateServiceKey', { serviceAccountId: service.id }, token);
    expect((await exchange(app, next.secret ?? '')).__typename).toBe('ServiceTokenIssued');
    for (const serviceAccountId of [service.id, service.id.toUpperCase()])
      expect((await mutate('adminDeleteServiceAccount', { serviceAccountId }, token)).code).toBe(
        'AUTH_ACCOUNT_PROTECTED',
      );
  });

  test('can do nothing once it is deleted, although its token has not expired', async () => {
    const { userId } = await app.register();
    await app.auth.services.serviceAccounts.delete(service.id);
    const gone = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' };
    const answers = [
      await app.request(ADMIN_USER, { id: userId }, { token }),
      await app.request(LIST, {}, { token }),
      await mutation('adminCreateServiceAccount', { name: 'x', scopes: [] }, token),
    ];
    for (const { errors } of answers) expect(errors[0]?.extensions).toEqual(gone);
  });

  test('cannot act with a token that is older than its tokens_not_before', async () => {
    await app.database.sql('update auth_service_account set tokens_not_before = $1 where id = $2', [
      new Date(app.clock.now().getTime() + 2000),
      service.id,
    ]);
    const { errors } = await app.request(LIST, {}, { token });
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
  });

  test('cannot act with the id of a user', async () => {
    const { userId } = await app.register({ email: newEmail() });
    await app.auth.services.roles.set(userId, ['auth:users:read']);
    app.clock.advance(2);
    const forged = app.auth.services.accessTokens.sign({
      ...{ serviceId: userId, tokenId: 'forged', issuedAt: app.clock.now(), scopes: ['auth:users:read'] },
    });
    const { errors } = await app.request(ADMIN_USER, { id: userId }, { token: forged.token });
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });
});
