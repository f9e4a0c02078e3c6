import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { AccessTokenService } from '../../src/core/access-tokens/access-token.service.js';
import { hmacSigningKeys } from '../../packages/verifier/src/tokens/signing-keys.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

const SETTINGS = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };

describe('me', () => {
  test('returns the signed-in user', async () => {
    const ada = await app.register({ firstName: 'Ada' });
    const query = '{ me { id email firstName lastName emailVerified active createdAt lastLoginAt } }';
    const answer = await app.request(query, {}, { token: ada.accessToken });
    expect(answer.data).toEqual({
      me: {
        id: ada.userId,
        email: ada.email,
        firstName: 'Ada',
        lastName: null,
        emailVerified: false,
        active: true,
        createdAt: app.clock.now().toISOString(),
        lastLoginAt: app.clock.now().toISOString(),
      },
    });
  });

  test('costs one statement, the session check included', async () => {
    const ada = await app.register();
    expect(await app.database.countStatements(() => app.me(ada.accessToken))).toBe(1);
  });

  test.each(['bearer', 'Bearer', 'BEARER', 'bEaReR'])('accepts the scheme written as %s', async (scheme) => {
    const ada = await app.register();
    const answer = await app.request(
      '{ me { id } }',
      {},
      { headers: { authorization: `${scheme} ${ada.accessToken}` } },
    );
    expect(answer.data).toEqual({ me: { id: ada.userId } });
  });

  test('stops working for a user whose account is closed', async () => {
    const ada = await app.register();
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    expect((await app.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test('stops working when the session has expired, even with an unexpired access token', async () => {
    const ada = await app.register();
    await app.database.sql('update auth_session set expires_at = created_at where id = $1', [ada.sessionId]);
    expect((await app.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });
});

describe('without a valid access token', () => {
  const refusals: [string, string, () => Promise<Record<string, string>>][] = [
    ['no token', 'MISSING', () => Promise.resolve({})],
    ['another scheme', 'MISSING', () => Promise.resolve({ authorization: 'Basic YTpi' })],
    ['an empty bearer', 'TOKEN_INVALID', () => Promise.resolve({ authorization: 'Bearer' })],
    ['a malformed token', 'TOKEN_INVALID', () => Promise.resolve({ authorization: 'Bearer nonsense' })],
    ['a token of 16 kB', 'TOKEN_INVALID', () => Promise.resolve({ authorization: `Bearer ${'x'.repeat(10_000)}` })],
    ['a wrongly signed token', 'TOKEN_INVALID', async () => bearer(await forged('another secret, also long enough'))],
    ['an expired token', 'TOKEN_EXPIRED', async () => bearer(await forged(TEST_SECRET, -901))],
    ['a token of a session that never was', 'SESSION_ENDED', async () => bearer(await forged(TEST_SECRET))],
  ];

  test.each(refusals)(
    '%s returns 200, null and UNAUTHENTICATED with %s, and still resolves its siblings',
    async (_name, reason, headers) => {
      const answer = await app.request('{ me { id } __typename }', {}, { headers: await headers() });
      expect(answer.status).toBe(200);
      expect(answer.data).toEqual({ me: null, __typename: 'Query' });
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors[0]).toMatchObject({ path: ['me'], extensions: { code: 'UNAUTHENTICATED', reason } });
    },
  );

  test.each(refusals)('%s does not block login or refresh', async (_name, _reason, headers) => {
    const ada = await app.register();
    const options = { headers: await headers() };
    const login = await app.mutate('login', { email: ada.email, password: ada.password }, options);
    expect(login).toMatchObject({ __typename: 'LoginSuccess', user: { email: ada.email } });
    const refresh = await app.refresh(ada.refreshToken, options);
    expect(refresh).toMatchObject({ __typename: 'LoginSuccess', user: { email: ada.email } });
  });

  test.each(['logout', 'revokeOtherSessions', 'revokeAllSessions'])('%s is rejected', async (field) => {
    const answer = await app.mutation(field);
    expect(answer.data).toEqual({ [field]: null });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
  });

  async function forged(secret: string, ageSeconds = 0): Promise<string> {
    const stranger = '01890a5d-ac96-774b-bcce-b302099a8057';
    const issuedAt = new Date(app.clock.now().getTime() + ageSeconds * 1000);
    const grant = { userId: stranger, sessionId: stranger, tokenId: 'x', issuedAt };
    return Promise.resolve(new AccessTokenService(SETTINGS, hmacSigningKeys(secret)).sign(grant).token);
  }

  function bearer(token: string): Record<string, string> {
    return { authorization: `Bearer ${token}` };
  }
});

test('responses are not cached', async () => {
  const response = await app.server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json' },
    payload: '{"query":"{ __typename }"}',
  });
  expect(response.headers['cache-control']).toBe('no-store');
});
