import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { freeze } from '@auth-subgraph/verifier/internal';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS, toEpochSeconds } from '../../platform/clock.js';
import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import type { User } from '../users/user.js';
import { readCustomClaims, type ClaimsHook } from './custom-claims.js';
import { formatRefreshToken, type RefreshToken } from './refresh-token.js';
import type { UserSession } from './session.js';

export interface TokenPair {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
  /** What the access token says: its scopes, and every claim as it stands there. */
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Signs the access token that goes with a refresh token. */
export class TokenPairIssuer {
  private readonly outside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly accessTokens: AccessTokenService,
    private readonly claims?: ClaimsHook,
  ) {}

  /** Whether an application's hook is called, which may throw. */
  get callsHook(): boolean {
    return this.claims !== undefined;
  }

  /**
   * The access token's id and time follow from the refresh token and from when that was made. So whoever presents one
   * token twice within the grace period gets not just an equivalent pair but the same one, unless the user has other
   * roles by now.
   */
  issue({ session, user }: UserSession, token: RefreshToken, issuedAt: Date): TokenPair {
    const refreshToken = formatRefreshToken(token);
    const custom = this.claims ? this.callHook(this.claims, { user, session }) : undefined;
    const notBefore = notStale(user, issuedAt);
    const tokenId = createHash('sha256')
      .update(`jti:${refreshToken}:${String(toEpochSeconds(notBefore))}`)
      .digest();
    const signed = this.accessTokens.sign({
      userId: session.userId,
      sessionId: session.id,
      tokenId: tokenId.subarray(0, 16).toString('base64url'),
      issuedAt: notBefore,
      authenticatedAt: session.authenticatedAt,
      amr: session.amr,
      scopes: custom?.scopes ?? user.roles,
      ...(custom && { claims: custom.claims }),
    });
    return {
      accessToken: signed.token,
      accessTokenExpiresAt: signed.expiresAt,
      refreshToken,
      refreshTokenExpiresAt: session.expiresAt,
      scopes: signed.scopes,
      claims: signed.claims,
    };
  }

  /**
   * Outside the transaction of the sign-in: whatever the hook starts must not become part of it. The hook gets copies, so
   * that the token says what is stored.
   */
  private callHook(hook: ClaimsHook, { user, session }: UserSession): ReturnType<typeof readCustomClaims> {
    const copies = [freeze(structuredClone(user)), freeze(structuredClone(session))] as const;
    return readCustomClaims(this.outside(() => hook(...copies)));
  }
}

/**
 * A token that is made in the second of a change knows of it, and must not look as if it were older. A change that lies
 * further ahead dates from before the clock was set back.
 */
function notStale({ tokensNotBefore }: User, issuedAt: Date): Date {
  if (tokensNotBefore === null || tokensNotBefore > addSeconds(issuedAt, MAX_CLOCK_SKEW_SECONDS)) return issuedAt;
  return tokensNotBefore > issuedAt ? tokensNotBefore : issuedAt;
}
