import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createTestAuth, signTestToken, testAuth, type TestTokenGrant } from '../../packages/verifier/src/testing.js';
import { createTokenVerifier, type TokenVerificationError } from '../../packages/verifier/src/index.js';
import { until } from '../support/until.js';

const NOON = new Date('2030-01-01T12:00:00Z');
const clock = { now: () => NOON };
const auth = createTestAuth({ clock });
const verifier = createTokenVerifier(auth.verifierOptions);

describe('a test token', () => {
  test('has the requested contents', async () => {
    const grant = { userId: randomUUID(), sessionId: randomUUID(), scopes: ['posts:read', 'posts:write'] };
    const verified = await verifier.verify(auth.signTestToken({ ...grant, claims: { tenant: 'acme' } }));
    expect(verified).toMatchObject({ ...grant, claims: { tenant: 'acme' }, issuedAt: NOON });
    expect(verified.expiresAt).toEqual(new Date('2030-01-01T12:15:00Z'));
  });

  test('belongs to another user and session each time', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => verifier.verify(auth.signTestToken())));
    expect(first?.userId).not.toBe(second?.userId);
    expect(first?.sessionId).not.toBe(second?.sessionId);
  });

  test.each([
    { expiresInSeconds: -1 },
    { expiresInSeconds: 0 },
    { issuedAt: new Date('2030-01-01T11:00:00Z'), expiresInSeconds: 3600 },
  ])('has expired if requested: %j', async (times) => {
    await expect(verifier.verify(auth.signTestToken(times))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  test.each<[TestTokenGrant, string]>([
    [{ userId: 'ada', scopes: ['posts:write'] }, 'wrong claims, because of userId'],
    [{ sessionId: 'laptop', authenticatedAt: new Date(Number.NaN) }, 'because of sessionId, authenticatedAt'],
    [{ scopes: [''] }, 'an invalid scope: ""'],
    [{ scopes: ['posts:read', 'posts write'] }, 'an invalid scope: "posts write"'],
    [{ serviceId: randomUUID(), scopes: ['über'] }, 'an invalid scope: "über"'],
    [{ expiresInSeconds: 24 * 3600 + 1 }, 'wrong claims, because of expiresInSeconds'],
    [{ issuedAt: NOON, expiresInSeconds: 0 }, 'wrong claims'],
    [{ issuedAt: new Date(Number.NaN) }, 'wrong claims, because of issuedAt'],
    [{ claims: { sub: randomUUID(), scope: 'admin', tenant: 'acme' } }, 'claims are reserved: sub, scope'],
  ])('that no verifier would accept is not signed, and the reason is given: %j', (grant, reason) => {
    expect(() => auth.signTestToken(grant)).toThrow(TypeError);
    expect(() => auth.signTestToken(grant)).toThrow(new RegExp(`${reason}$`));
  });

  test('uses the default for undefined values', async () => {
    const lax = createTestAuth({ issuer: undefined, audience: undefined, clock: undefined });
    const grant = { userId: undefined, sessionId: undefined, scopes: undefined, claims: undefined };
    const token = lax.signTestToken({ ...grant, expiresInSeconds: undefined, issuedAt: undefined });
    await expect(createTokenVerifier(lax.verifierOptions).verify(token)).resolves.toMatchObject({ scopes: [] });
  });

  test('is rejected by a verifier with another audience, issuer or key', async () => {
    const strangers = [{ audience: 'admin' }, { issuer: 'https://auth.example.com' }, {}];
    for (const stranger of strangers) {
      const token = createTestAuth({ clock, ...stranger }).signTestToken();
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    }
    const admin = createTestAuth({ clock, audience: 'admin' });
    await createTokenVerifier(admin.verifierOptions).verify(admin.signTestToken());
  });
});

test('after a rotation a new key signs, and published keys verify both older and newer tokens', async () => {
  const rotating = createTestAuth({ clock });
  const jwks = await rotating.startJwks();
  const remote = createTokenVerifier({ jwksUri: jwks.uri, clock, cooldownSeconds: 0 });
  try {
    const before = rotating.signTestToken();
    await remote.verify(before);
    const stale = createTokenVerifier(rotating.verifierOptions);
    rotating.rotate();
    const after = rotating.signTestToken();
    await Promise.all([before, after].map((token) => remote.verify(token)));
    await expect(stale.verify(after)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(rotating.jwks.keys).toHaveLength(2);
    expect(JSON.stringify(rotating.jwks)).not.toContain('"d"');
  } finally {
    remote.close();
    await jwks.stop();
  }
});

test('a verifier that polls for revocations learns of a session that has ended, and of no other', async () => {
  const ending = createTestAuth();
  const jwks = await ending.startJwks();
  const remote = createTokenVerifier({ jwksUri: jwks.uri, revocations: { everySeconds: 0.05 } });
  try {
    const sessionId = randomUUID();
    const [ended, other] = [ending.signTestToken({ sessionId }), ending.signTestToken()];
    await Promise.all([ended, other].map((token) => remote.verify(token)));
    ending.revoke(sessionId);
    const reasonOf = (token: string): Promise<string | undefined> =>
      remote.verify(token).then(
        () => undefined,
        (error: unknown) => (error as TokenVerificationError).code,
      );
    expect(await until(() => reasonOf(ended), 'the end of the session')).toBe('SESSION_ENDED');
    expect(await reasonOf(other)).toBeUndefined();
  } finally {
    remote.close();
    await jwks.stop();
  }
});

test('a ready-made auth service exists for tests', async () => {
  const verifier = createTokenVerifier(testAuth.verifierOptions);
  await expect(verifier.verify(signTestToken({ scopes: ['posts:write'] }))).resolves.toMatchObject({
    scopes: ['posts:write'],
  });
});
