import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLObjectType } from 'graphql';
import { createTokenVerifier } from '../../packages/verifier/src/index.js';
import { formatServiceKey, parseServiceKey } from '../../src/features/service-accounts/service-key.js';
import { buildSchema } from '../../src/subgraph.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createKey, createService, exchange, tokenOf, type TestService } from '../support/service-accounts.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { until } from '../support/until.js';

const enabled = { serviceAccounts: { enabled: true } };
const SCHEMA = { requiredScopes: {}, authDirectives: false, ...enabled };
const REFUSED = { code: 'FORBIDDEN', reason: 'USER_REQUIRED' };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(enabled);
});

async function lastUsedAt({ keyId }: TestService): Promise<Date | null> {
  const [row] = await app.database.sql<{ at: Date | null }>(
    'select last_used_at as at from auth_service_key where id = $1',
    [keyId],
  );
  return row?.at ?? null;
}

describe('issueServiceToken', () => {
  test('exchanges a key for a token of the service account, which has no session', async () => {
    const { id, key } = await createService(app, ['orders:read', 'orders:write']);
    const { accessToken = '', accessTokenExpiresAt, ...rest } = await exchange(app, key);
    expect(rest).toEqual({ __typename: 'ServiceTokenIssued', scopes: ['orders:read', 'orders:write'] });
    const claims = claimsOf(accessToken);
    const iat = Math.floor(app.clock.now().getTime() / 1000);
    expect(claims).toEqual({
      ...{ iss: 'auth-subgraph', aud: 'supergraph', sub: id, client_id: id, scope: 'orders:read orders:write' },
      ...{ iat, exp: iat + 900, jti: expect.any(String) },
    });
    expect(accessTokenExpiresAt).toBe(new Date((iat + 900) * 1000).toISOString());
    const again = claimsOf((await exchange(app, key)).accessToken ?? '');
    expect(again['jti']).not.toBe(claims['jti']);
  });

  test('does not exist unless service accounts are enabled', () => {
    expect(buildSchema().sdl).not.toContain('ServiceToken');
    expect(buildSchema(SCHEMA).sdl).toContain(
      'issueServiceToken(input: IssueServiceTokenInput!): IssueServiceTokenResult',
    );
  });

  test('rejects a key that is unknown, mixed from two, malformed or revoked, or whose account is deleted', async () => {
    const [one, other, gone] = [await createService(app), await createService(app), await createService(app)];
    const rejected = { __typename: 'InvalidCredentialsError', code: 'AUTH_INVALID_CREDENTIALS' };
    const foreign = await createService(await createTestApp(enabled));
    for (const key of [foreign.key, '', 'nonsense', one.key.slice(0, -1), one.key.replace('.', '')])
      expect(await exchange(app, key)).toMatchObject(rejected);
    await app.auth.services.serviceAccounts.revokeKey(one.id, one.keyId);
    await app.auth.services.serviceAccounts.delete(gone.id);
    for (const { key } of [one, gone]) expect(await exchange(app, key)).toMatchObject(rejected);
    expect((await exchange(app, other.key)).__typename).toBe('ServiceTokenIssued');
  });

  test('rejects the handle of one key with the secret of another, and records no use', async () => {
    const [one, other] = [await createService(app), await createService(app)];
    const handle = parseServiceKey(one.key)?.handle ?? '';
    const secret = parseServiceKey(other.key)?.secret ?? '';
    expect((await exchange(app, formatServiceKey({ handle, secret }))).code).toBe('AUTH_INVALID_CREDENTIALS');
    expect([await lastUsedAt(one), await lastUsedAt(other)]).toEqual([null, null]);
  });

  test('costs one statement, and records the use of a key at most once a minute', async () => {
    const service = await createService(app);
    const updates = async (): Promise<number> => {
      const [row] = await app.database.sql<{ version: string }>(
        'select xmin::text as version from auth_service_key where id = $1',
        [service.keyId],
      );
      return Number(row?.version);
    };
    expect(await app.database.countStatements(() => exchange(app, service.key))).toBe(1);
    const first = app.clock.now();
    const version = await updates();
    app.clock.advance(59);
    for (let call = 0; call < 3; call += 1) await exchange(app, service.key);
    expect([await lastUsedAt(service), await updates()]).toEqual([first, version]);
    app.clock.advance(1);
    await exchange(app, service.key);
    expect(await lastUsedAt(service)).toEqual(app.clock.now());
    expect(await updates()).not.toBe(version);
  });

  test('is limited by address before the key is looked up', async () => {
    const limited = await createTestApp({
      ...enabled,
      rateLimits: { enabled: true, issueServiceToken: 'origin 2/1m' },
      trustedHops: 1,
    });
    const service = await createService(limited);
    const from = (address: string): { headers: Record<string, string> } => ({
      headers: { 'x-forwarded-for': address },
    });
    const guess = service.key.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    for (let call = 0; call < 2; call += 1)
      expect((await exchange(limited, guess, from('192.0.2.1'))).__typename).toBe('InvalidCredentialsError');
    const refused = await exchange(limited, service.key, from('192.0.2.1'));
    expect(refused).toMatchObject({ __typename: 'TooManyRequestsError', code: 'AUTH_TOO_MANY_REQUESTS' });
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
    const [row] = await limited.database.sql('select last_used_at from auth_service_key');
    expect(row).toEqual({ last_used_at: null });
    expect((await exchange(limited, service.key, from('192.0.2.2'))).__typename).toBe('ServiceTokenIssued');
  });

  test('is one of the authentication mutations, of which an operation may run only one', async () => {
    const { key } = await createService(app);
    const call = `issueServiceToken(input: { key: "${key}" }) { __typename }`;
    const { errors } = await app.request(`mutation { a: ${call} b: ${call} }`);
    expect(errors[0]?.extensions.code).toBe('OPERATION_TOO_COMPLEX');
  });

  test('logs who got a token from where, and a rejected key without the key', async () => {
    const { lines, logger, text } = recordingLogger();
    const own = await createTestApp({ ...enabled, logger });
    const { id, key, keyId } = await createService(own);
    const { accessToken = '' } = await exchange(own, key);
    const got = lines().find(({ msg }) => msg === 'a service account got an access token');
    expect(got).toMatchObject({ level: 30, serviceAccountId: id, keyId, ipAddress: '127.0.0.1' });
    expect(text()).not.toContain(accessToken);
    await own.auth.services.serviceAccounts.revokeKey(id, keyId);
    await exchange(own, key);
    const line = lines().find(({ msg }) => msg === 'a key of a service account was rejected');
    expect(line).toMatchObject({ level: 40, ipAddress: '127.0.0.1' });
    expect(text()).not.toContain(key.slice(4, 26));
  });
});

/** A valid call of each field that requires a user. */
const PROTECTED: Readonly<Record<string, string>> = {
  'Query.me': '{ me { id } }',
  'Mutation.updateProfile': 'mutation { updateProfile(input: { firstName: "Ada" }) { __typename } }',
  'Mutation.changePassword':
    'mutation { changePassword(input: { currentPassword: "x", newPassword: "y" }) { __typename } }',
  'Mutation.changeEmail':
    'mutation { changeEmail(input: { newEmail: "ada@example.com", currentPassword: "x" }) { __typename } }',
  'Mutation.confirmEmailChange': 'mutation { confirmEmailChange(input: { token: "x" }) { __typename } }',
  'Mutation.logout': 'mutation { logout { __typename } }',
  'Mutation.revokeSession':
    'mutation { revokeSession(input: { sessionId: "00000000-0000-7000-8000-000000000000" }) { __typename } }',
  'Mutation.revokeOtherSessions': 'mutation { revokeOtherSessions { __typename } }',
  'Mutation.revokeAllSessions': 'mutation { revokeAllSessions { __typename } }',
};

/** The fields that the guard protects: those with a directive in the schema, and `logout`, which gateways let through. */
function protectedFields(): string[] {
  const { sdl } = buildSchema({ ...SCHEMA, authDirectives: true });
  const roots = sdl.matchAll(/^type (Query|Mutation) \{$([^]*?)^\}/gm);
  const marked = [...roots].flatMap(([, root = '', body = '']) =>
    [...body.matchAll(/^ {2}(\w+)[^\n]*@authenticated/gm)].map(([, field = '']) => `${root}.${field}`),
  );
  return [...marked, 'Mutation.logout'];
}

describe('a service account', () => {
  test('is rejected by every field that requires a user', async () => {
    expect(Object.keys(PROTECTED).sort()).toEqual(protectedFields().sort());
    const token = await tokenOf(app, await createService(app, ['account:write']));
    for (const [coordinate, query] of Object.entries(PROTECTED)) {
      const { errors } = await app.request(query, {}, { token });
      expect([coordinate, errors[0]?.extensions]).toEqual([coordinate, REFUSED]);
    }
  });

  test('has no scope that opens a field with required scopes', async () => {
    const own = await createTestApp({ ...enabled, requiredScopes: { 'Query.me': ['profile'] } });
    const { errors } = await own.me(await tokenOf(own, await createService(own, ['profile'])));
    expect(errors[0]?.extensions).toEqual(REFUSED);
  });

  test('sees what everyone sees of a user, and no private field', async () => {
    const ada = await app.register();
    const token = await tokenOf(app, await createService(app, ['auth:users:read']));
    const fields = Object.keys((app.auth.schema.getType('User') as GraphQLObjectType).getFields());
    const open = ['id', 'firstName', 'lastName', 'displayName', 'avatarUrl', 'publicMetadata'];
    for (const field of fields) {
      const selection = ['sessions', 'securityEvents'].includes(field) ? `${field} { __typename }` : field;
      const query = `{ _entities(representations: [{ __typename: "User", id: "${ada.userId}" }]) { ... on User { ${selection} } } }`;
      const { errors } = await app.request(query, {}, { token });
      expect([field, errors[0]?.extensions]).toEqual([field, open.includes(field) ? undefined : REFUSED]);
    }
  });

  test('can use public fields, whose events and emails do not name it', async () => {
    const own = await createTestApp({ ...enabled, background: true });
    const as = { token: await tokenOf(own, await createService(own)) };
    const email = newEmail();
    await own.mutate('register', { email, password: 'correct horse battery staple' }, as);
    await own.mutate('forgotPassword', { email }, as);
    expect((await own.mailer.next(email, 'reset-password')).text).toContain('Someone, probably you, requested');
    await allDelivered(own);
    const lines = await own.database.sql(
      `select distinct actor_kind, actor_id, session_id from auth_security_event
        where name in ('UserRegistered', 'PasswordResetRequested')`,
    );
    expect(lines).toEqual([{ actor_kind: 'ANONYMOUS', actor_id: null, session_id: null }]);
  });

  test('is not the user with the same id, which no service account has', async () => {
    const ada = await app.register();
    const forged = app.auth.services.accessTokens.sign({
      ...{ serviceId: ada.userId, tokenId: 'forged', issuedAt: app.clock.now(), scopes: [] },
    });
    expect((await app.me(forged.token)).errors[0]?.extensions).toEqual(REFUSED);
    const query = `{ _entities(representations: [{ __typename: "User", id: "${ada.userId}" }]) { ... on User { email } } }`;
    expect((await app.request(query, {}, { token: forged.token })).errors[0]?.extensions).toEqual(REFUSED);
    const service = await createService(app);
    const user = app.auth.services.accessTokens.sign({
      ...{ userId: service.id, sessionId: ada.sessionId, tokenId: 'forged', issuedAt: app.clock.now() },
    });
    expect((await app.me(user.token)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test('that is deleted is in the revocation feed, and verifiers reject its tokens at their next poll', async () => {
    const origin = await app.server.listen({ host: '127.0.0.1', port: 0 });
    const service = await createService(app);
    const token = await tokenOf(app, service);
    // A node with a fast clock may have issued this one.
    app.clock.advance(50);
    const early = await tokenOf(app, service);
    app.clock.advance(-50);
    const verifier = createTokenVerifier({
      ...{ secret: TEST_SECRET, clock: app.clock },
      revocations: { uri: `${origin}/revocations`, everySeconds: 0.05 },
    });
    await expect(verifier.verifyAny(token)).resolves.toMatchObject({ serviceId: service.id });
    await app.auth.services.serviceAccounts.delete(service.id);
    // The feed is cached for a second.
    app.clock.advance(1);
    const rejectionOf = async (which: string): Promise<unknown> =>
      verifier.verifyAny(which).then(
        () => undefined,
        (error: unknown) => (error as { code: string }).code,
      );
    await until(async () => (await rejectionOf(token)) === 'TOKEN_EXPIRED' || undefined, 'the revocation');
    expect(await rejectionOf(early)).toBe('TOKEN_EXPIRED');
    const { accessToken } = await app.register();
    expect(await rejectionOf(accessToken)).toBeUndefined();
    verifier.close();
  });

  test('keeps working while its key is replaced', async () => {
    const service = await createService(app);
    const next = await createKey(app, service.id);
    for (const { key } of [service, next]) expect((await exchange(app, key)).__typename).toBe('ServiceTokenIssued');
    await app.auth.services.serviceAccounts.revokeKey(service.id, service.keyId);
    expect((await exchange(app, service.key)).code).toBe('AUTH_INVALID_CREDENTIALS');
    expect((await exchange(app, next.key)).__typename).toBe('ServiceTokenIssued');
  });
});
