import { MAX_CLOCK_SKEW_SECONDS } from './clock.js';
import type { AccessTokenClaims } from './token-claims.js';
import type { KeysByHeader } from './access-token.js';

interface CachedToken {
  readonly claims: AccessTokenClaims;
  /** In epoch milliseconds. */
  readonly usableFrom: number;
  readonly usableUntil: number;
}

/**
 * Caches verified tokens until they expire, and only for the keys that verified them. The size is limited.
 */
export class VerifiedTokenCache {
  private readonly tokens = new Map<string, CachedToken>();
  private keys: KeysByHeader | undefined;

  constructor(private readonly size: number) {}

  find(token: string, keys: KeysByHeader, now: Date): AccessTokenClaims | undefined {
    if (this.keys !== keys) return undefined;
    const known = this.tokens.get(token);
    // Not `>=`: if the time is NaN, nothing is valid.
    if (known && now.getTime() < known.usableUntil && known.usableFrom <= now.getTime()) return known.claims;
    this.tokens.delete(token);
    return undefined;
  }

  add(token: string, claims: AccessTokenClaims, keys: KeysByHeader): void {
    if (this.size === 0) return;
    if (this.keys !== keys) this.tokens.clear();
    this.keys = keys;
    const usableFrom = claims.issuedAt.getTime() - MAX_CLOCK_SKEW_SECONDS * 1000;
    this.tokens.set(token, { claims, usableFrom, usableUntil: claims.expiresAt.getTime() });
    if (this.tokens.size <= this.size) return;
    const [oldest] = this.tokens.keys();
    if (oldest !== undefined) this.tokens.delete(oldest);
  }
}
