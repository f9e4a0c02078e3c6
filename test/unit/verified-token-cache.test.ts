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
