import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createServer } from '../../src/cli/service/server.js';
import { resolveConfig } from '../../src/config/config.js';
import { FEATURES } from '../../src/features.js';
import { buildSchema } from '../../src/subgraph.js';
import { GraphQLTestClient } from '../support/graphql-client.js';
import { createTestApp, TEST_SECRET } from '../support/test-app.js';
import { userFlags } from '../support/user-flag.feature.js';

const OFF = buildSchema().sdl;
const INCLUDED = buildSchema({ admin: { schema: 'included' } }).sdl;

describe('the schema', () => {
  test('has nothing of user management by default', () => {
    expect(OFF).not.toMatch(/admin|AuthUserRecord|AccountNotFound|ACCOUNT_NOT_FOUND|ACCOUNT_PROTECTED/i);
  });

  test('has the same with "included" and on the endpoint of "separate"', () => {
    expect(buildSchema({ admin: { schema: 'separate' } }).sdl).toBe(INCLUDED);
  });

  test('marks everything that is there only for operators', () => {
    const before = membersOf(OFF);
    const added = [...membersOf(INCLUDED)].filter(([coordinate]) => !before.has(coordinate));
    expect(added.map(([coordinate]) => coordinate)).toEqual(
      expect.arrayContaining(['Query.adminUser', 'AuthUserRecord', 'AuthErrorCode.AUTH_ACCOUNT_NOT_FOUND']),
    );
    const members = added.filter(([coordinate]) => isAdded(coordinate, before));
    expect(members.filter(([, tags]) => !tags.includes('admin'))).toEqual([]);
  });

  test('marks nothing that everyone has', () => {
    const before = membersOf(OFF);
    const marked = [...membersOf(INCLUDED)].filter(([, tags]) => tags.includes('admin'));
    expect(marked.filter(([coordinate]) => before.has(coordinate))).toEqual([]);
  });
});

interface Node {
  readonly name?: { readonly value: string };
  readonly directives?: readonly {
    readonly name: { readonly value: string };
    readonly arguments?: readonly unknown[];
  }[];
  readonly fields?: readonly Node[];
  readonly values?: readonly Node[];
}

/** The types of a schema and their fields and values, each with its tags. */
function membersOf(sdl: string): Map<string, string[]> {
  const types = parse(sdl).definitions.flatMap((type: Node) => {
    const name = type.name?.value;
    if (name === undefined) return [];
    const members = [...(type.fields ?? []), ...(type.values ?? [])];
    return [
      [name, tagsOf(type)] as const,
      ...members.map((member) => [`${name}.${String(member.name?.value)}`, tagsOf(member)] as const),
    ];
  });
  return new Map(types);
}

function tagsOf({ directives = [] }: Node): string[] {
  return directives
    .filter(({ name }) => name.value === 'tag')
    .flatMap(({ arguments: given = [] }) =>
      given.map((argument) => (argument as { value: { value: string } }).value.value),
    );
}

/** Members of a type that is marked itself need no mark. */
function isAdded(coordinate: string, before: ReadonlyMap<string, unknown>): boolean {
  const [type = '', member] = coordinate.split('.');
  return member === undefined || before.has(type);
}

describe('with "separate"', () => {
  test('users have no field of user management, and the second server has all fields', async () => {
    const app = await createTestApp({ admin: { schema: 'separate' } });
    const { admin } = app.auth;
    if (!admin) throw new Error('there is no schema for operators');
    const server = await createServer(app.auth, { trustedHops: 0, apolloOptions: admin.apolloOptions });
    const tool = new GraphQLTestClient(async (payload, headers) => {
      const answer = await server.inject({ method: 'POST', url: '/graphql', headers, payload });
      return { status: answer.statusCode, text: answer.body, setCookies: [] };
    });
    const boss = await app.register();
    await app.auth.services.roles.set(boss.userId, ['auth:users:read']);
    app.clock.advance(2);
    const { accessToken: token } = await app.login(boss);
    const query = 'query ($id: ID!) { me { id } adminUser(id: $id) { ... on AuthUserRecord { email } } }';
    const onPublic = await app.request(query, { id: boss.userId }, { token });
    expect(onPublic.errors[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    const answer = await tool.request(query, { id: boss.userId }, { token });
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({ me: { id: boss.userId }, adminUser: { email: boss.email } });
    await server.close();
  });

  test('scopes can be required for fields of both schemas', async () => {
    const app = await createTestApp({
      admin: { schema: 'separate' },
      requiredScopes: { 'Query.me': ['profile'], 'Query.adminUser': ['elevated'] },
    });
    expect(app.auth.admin?.sdl).toContain('adminUser(');
    const misspelt = { admin: { schema: 'separate' as const }, requiredScopes: { 'Query.adminUsr': ['elevated'] } };
    await expect(createTestApp(misspelt)).rejects.toThrow('requiredScopes.Query.adminUsr');
  });
});

describe('with "included"', () => {
  const SECRET = 'what the router of the tests sends along';

  test('a field of user management refuses requests that did not come from the gateway', async () => {
    const app = await createTestApp({ admin: { schema: 'included' }, router: { secret: SECRET } });
    const boss = await app.register();
    await app.auth.services.roles.set(boss.userId, ['auth:users:read']);
    app.clock.advance(2);
    const { accessToken: token } = await app.login(boss);
    const query = 'query ($id: ID!) { me { id } adminUser(id: $id) { ... on AuthUserRecord { email } } }';
    const past = await app.request(query, { id: boss.userId }, { token });
    expect(past.data).toEqual({ me: { id: boss.userId }, adminUser: null });
    expect(past.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', reason: 'NOT_FROM_ROUTER' });
    const headers = { 'x-router-secret': SECRET };
    const through = await app.request(query, { id: boss.userId }, { token, headers });
    expect(through.data).toMatchObject({ adminUser: { email: boss.email } });
  });

  test('production requires the secret of the gateway', () => {
    const options = {
      environment: 'production' as const,
      jwt: { secret: TEST_SECRET },
      database: { url: 'postgres://h/d' },
    };
    const start = (schema: 'included' | 'separate' | 'off', secret?: string): object =>
      resolveConfig(
        { ...options, admin: { schema }, router: { allowDirectAccess: true, ...(secret && { secret }) } },
        FEATURES,
      );
    expect(() => start('included')).toThrow('router.secret');
    expect(() => start('included', SECRET)).not.toThrow();
    expect(() => start('separate')).not.toThrow();
    expect(() => start('off')).not.toThrow();
  });

  test('an application can require further scopes, but not fewer', async () => {
    const requiredScopes = { 'Query.adminUser': ['elevated'] };
    const app = await createTestApp({ admin: { schema: 'included' }, requiredScopes });
    const boss = await app.register();
    const ask = async (...roles: string[]): Promise<unknown> => {
      await app.auth.services.roles.set(boss.userId, roles);
      app.clock.advance(2);
      const { accessToken: token } = await app.login(boss);
      const { errors } = await app.request('{ adminUser(id: "x") { __typename } }', {}, { token });
      return errors[0]?.extensions;
    };
    const refusal = { code: 'FORBIDDEN', scopes: ['auth:users:read', 'elevated'] };
    expect(await ask('elevated')).toEqual(refusal);
    expect(await ask('auth:users:read')).toEqual(refusal);
    expect(await ask('auth:users:read', 'elevated')).toBeUndefined();
  });
});

describe('a mutation of user management', () => {
  const FLAG = `mutation ($id: String!) { adminFlagUser(userId: $id) {
    ... on UserFlagged { userId } ... on AuthError { code } } }`;

  test('names the operator as the actor of its events, and reports a protected account as data', async () => {
    const app = await createTestApp({ admin: { schema: 'included' }, features: [...FEATURES, userFlags] });
    const [boss, ada] = [await app.register(), await app.register()];
    await app.auth.services.roles.set(boss.userId, ['auth:users:write']);
    app.clock.advance(2);
    const { accessToken: token, sessionId } = await app.login(boss);
    expect((await app.request(FLAG, { id: ada.userId }, { token })).data).toEqual({
      adminFlagUser: { userId: ada.userId },
    });
    const [event] = await app.database.sql(
      `select origin from auth_outbox where name = 'AccountUnlocked' and payload ->> 'userId' = $1`,
      [ada.userId],
    );
    expect(event).toMatchObject({ origin: { actor: { kind: 'OPERATOR', id: boss.userId }, sessionId } });
    expect((await app.request(FLAG, { id: boss.userId }, { token })).data).toEqual({
      adminFlagUser: { code: 'AUTH_ACCOUNT_PROTECTED' },
    });
  });
});
