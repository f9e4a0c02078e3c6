import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from './clock.js';
import type { AccessTokenClaims } from './token-claims.js';
import type { KeysByHeader } from './access-token.js';

/**
 * Caches verified tokens until they expire, and only for the keys that verified them. The size is limited.
 */
export class VerifiedTokenCache {
  private readonly tokens = new Map<string, AccessTokenClaims>();
  private keys: KeysByHeader | undefined;

  constructor(private readonly size: number) {}

  find(token: string, keys: KeysByHeader, now: Date): AccessTokenClaims | undefined {
    if (this.keys !== keys) return undefined;
    const known = this.tokens.get(token);
    // Not `>=`: if the time is NaN, nothing is valid.
    if (known && now < known.expiresAt && known.issuedAt <= addSeconds(now, MAX_CLOCK_SKEW_SECONDS)) return known;
    this.tokens.delete(token);
    return undefined;
  }

  add(token: string, claims: AccessTokenClaims, keys: KeysByHeader): void {
    if (this.size === 0) return;
    if (this.keys !== keys) this.tokens.clear();
    this.keys = keys;
    this.tokens.set(token, claims);
    if (this.tokens.size <= this.size) return;
    const [oldest] = this.tokens.keys();
    if (oldest !== undefined) this.tokens.delete(oldest);
  }
}
