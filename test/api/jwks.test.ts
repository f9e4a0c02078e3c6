import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { resolveConfig } from '../../src/config/config.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { ConfigError } from '../../src/platform/options/config-error.js';

const [first, second] = [newPrivateKey(), newPrivateKey()];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ jwt: { keys: [first], secret: undefined } });
});

async function fetchKeys(
  from: TestApp,
  headers = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const response = await from.server.inject({ url: '/.well-known/jwks.json', headers });
  return { status: response.statusCode, headers: response.headers, body: response.body };
}

describe('the published keys', () => {
  test('verify access tokens with any JOSE library', async () => {
    const { accessToken, userId } = await app.register();
    const { body } = await fetchKeys(app);
    const keys = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      issuer: 'auth-subgraph',
      audience: 'supergraph',
      typ: 'at+jwt',
      algorithms: ['ES256'],
      currentDate: app.clock.now(),
    });
    expect(payload.sub).toBe(userId);
    expect(protectedHeader.kid).toBe(app.auth.publicKeys[0]?.kid);
  });

  test('contain nothing private', async () => {
    const { d } = createPrivateKey(first).export({ format: 'jwk' });
    const { body } = await fetchKeys(app);
    expect(body).not.toContain(d);
    expect(body).not.toContain('"d"');
  });

  test('can be cached for five minutes, and revalidated by their ETag', async () => {
    const { status, headers } = await fetchKeys(app);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/jwk-set\+json/);
    expect(headers['cache-control']).toBe('public, max-age=300');
    const tag = String(headers['etag']);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*'])
      expect(await fetchKeys(app, { 'if-none-match': known })).toMatchObject({ status: 304, body: '' });
    expect((await fetchKeys(app, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('can be read by scripts of any page, unlike everything else', async () => {
    const origin = { origin: 'https://app.example.com' };
    const { headers } = await fetchKeys(app, origin);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    const known = await fetchKeys(app, { ...origin, 'if-none-match': '*' });
    expect(known).toMatchObject({ status: 304, headers: { 'access-control-allow-origin': '*' } });
    const asks = { ...origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-any' };
    const preflight = await app.server.inject({ method: 'OPTIONS', url: '/.well-known/jwks.json', headers: asks });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': '*',
    });
    for (const url of ['/revocations', '/graphql?query=%7B__typename%7D', '/health/live', '/x']) {
      for (const method of ['GET', 'OPTIONS'] as const) {
        const other = await app.server.inject({ method, url, headers: { ...asks, 'apollo-require-preflight': '1' } });
        expect(Object.keys(other.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
  });

  test('are empty if a shared secret signs', async () => {
    const shared = await createTestApp();
    expect(JSON.parse((await fetchKeys(shared)).body)).toEqual({ keys: [] });
  });

  test('change with the keys, and so does their ETag', async () => {
    const own = await createTestApp({ jwt: { keys: [first], secret: undefined } });
    const before = await fetchKeys(own);
    own.auth.useKeys([first, second]);
    const after = await fetchKeys(own, { 'if-none-match': before.headers['etag'] });
    expect(after.status).toBe(200);
    expect((JSON.parse(after.body) as JSONWebKeySet).keys).toHaveLength(2);
  });
});

describe('a list of keys', () => {
  test('signs with its first key, and verifies with all', async () => {
    const own = await createTestApp({ jwt: { keys: [first], secret: undefined } });
    const ada = await own.register();
    own.auth.useKeys([second, first]);
    expect((await own.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
    const { tokens } = await own.refresh(ada.refreshToken);
    own.auth.useKeys([second]);
    expect((await own.me(tokens?.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
    expect((await own.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
  });

  test('stays in use if its replacement is invalid', async () => {
    const own = await createTestApp({ jwt: { keys: [first], secret: undefined } });
    expect(() => own.auth.useKeys(['nonsense'])).toThrow(ConfigError);
    expect(() => own.auth.useKeys([])).toThrow(ConfigError);
    expect(own.auth.publicKeys).toHaveLength(1);
    await own.register();
  });

  test('does not accept tokens signed with the secret', async () => {
    const shared = await createTestApp();
    const { accessToken } = await shared.register();
    const both = await createTestApp({ jwt: { keys: [first], secret: TEST_SECRET }, clock: shared.clock });
    expect((await both.me(accessToken)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
  });

  test.each<[string, unknown[], string]>([
    ['no key', [], 'jwt.keys'],
    [
      'a first key that cannot sign',
      [{ ...createPrivateKey(first).export({ format: 'jwk' }), d: undefined }],
      'jwt.keys.0',
    ],
    ['a key twice', [first, first], 'jwt.keys.1'],
    ['text that is not a key', [first, 'nonsense'], 'jwt.keys.1'],
    ['a number', [7], 'jwt.keys.0'],
  ])('is rejected with %s', (_name, keys, path) => {
    const options = { jwt: { keys }, database: { url: 'postgresql://localhost/auth' } };
    const problems = (): unknown => resolveConfig({ ...options, environment: 'test' } as never);
    expect(problems).toThrow(ConfigError);
    expect(problems).toThrow(`${path} `);
  });
});

test('an emailed link stays valid if its key no longer signs', async () => {
  const own = await createTestApp({ jwt: { keys: [first], secret: undefined } });
  const { accessToken, password } = await own.register();
  const newEmail = 'new-address@example.com';
  await own.mutate('changeEmail', { newEmail, currentPassword: password }, { token: accessToken });
  own.auth.useKeys([second, first]);
  await own.auth.start();
  const token = await own.mailer.token(newEmail, 'change-email-confirm');
  expect(await own.mutate('confirmEmailChange', { token }, { token: accessToken })).toMatchObject({
    __typename: 'EmailChanged',
  });
});
