import { expect, test } from '@jest/globals';
import type { AccessTokenClaims } from '../../packages/verifier/src/tokens/token-claims.js';
import { VerifiedTokenCache } from '../../packages/verifier/src/tokens/verified-token-cache.js';

const NOW = new Date('2026-11-24T08:00:00Z');
const KEYS = new Map();

function claimsOf(tokenId: string): AccessTokenClaims {
  const expiresAt = new Date(NOW.getTime() + 900_000);
  return { userId: 'u', sessionId: 's', tokenId, issuedAt: NOW, expiresAt, scopes: [], claims: {} };
}

test('a full cache drops the oldest token for a new one', () => {
  const cache = new VerifiedTokenCache(2);
  const found = (): string[] => ['a', 'b', 'c', 'd'].filter((token) => cache.find(token, KEYS, NOW));
  for (const [token, expected] of [
    ['a', ['a']],
    ['b', ['a', 'b']],
    ['c', ['b', 'c']],
    ['d', ['c', 'd']],
  ] as const) {
    cache.add(token, claimsOf(token), KEYS);
    expect(found()).toEqual(expected);
  }
});

test('a token expires when it did at first, although its date was changed', () => {
  const cache = new VerifiedTokenCache(1);
  const claims = claimsOf('a');
  cache.add('a', claims, KEYS);
  const at = (seconds: number): unknown => cache.find('a', KEYS, new Date(NOW.getTime() + seconds * 1000));
  claims.expiresAt.setFullYear(2100);
  expect(at(899)).toBe(claims);
  expect(at(900)).toBeUndefined();
});
