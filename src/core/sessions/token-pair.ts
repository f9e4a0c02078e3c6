import { AsyncLocalStorage } from 'node:async_hooks';
import { freeze } from '@auth-subgraph/verifier/internal';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS, toEpochSeconds } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { sha256 } from '../../platform/sha256.js';
import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import type { User } from '../users/user.js';
import { customClaimsOf, type ClaimsHook } from './custom-claims.js';
import { formatRefreshToken, type RefreshToken } from './refresh-token.js';
import type { UserSession } from './session.js';

export interface TokenPair {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
  /** The scopes of the access token; `claims` has all of its claims. */
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Issues the access token that belongs to a refresh token. */
export class TokenPairIssuer {
  private readonly outside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly accessTokens: AccessTokenService,
    private readonly unitOfWork: UnitOfWork,
    private readonly claims?: ClaimsHook,
  ) {}

  /**
   * Issues the pair of the session that `store` opens or rotates; returns `undefined` if it does neither. If the claims hook throws,
   * nothing is written, because nobody would get the tokens.
   */
  async storeAndIssue<Stored extends UserSession>(
    store: () => Promise<Stored | undefined>,
    token: RefreshToken,
  ): Promise<(Stored & { readonly tokens: TokenPair }) | undefined> {
    const work = async (): Promise<(Stored & { readonly tokens: TokenPair }) | undefined> => {
      const stored = await store();
      return stored && { ...stored, tokens: this.issue(stored, token, stored.session.lastUsedAt) };
    };
    return this.claims ? this.unitOfWork.transaction(work) : work();
  }

  /**
   * The id and time of the access token are derived from the refresh token and its creation time. So a token that is
   * presented twice within the grace period returns the same pair, unless the user's roles have changed.
   */
  issue({ session, user }: UserSession, token: RefreshToken, issuedAt: Date): TokenPair {
    const refreshToken = formatRefreshToken(token);
    const custom = this.claims ? this.callHook(this.claims, { user, session }) : undefined;
    const notBefore = notStale(user, issuedAt);
    const tokenId = sha256(`jti:${refreshToken}:${String(toEpochSeconds(notBefore))}`);
    const signed = this.accessTokens.sign({
      userId: session.userId,
      sessionId: session.id,
      tokenId: tokenId.subarray(0, 16).toString('base64url'),
      issuedAt: notBefore,
      sessionEnds: session.expiresAt,
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
   * Runs the hook outside the transaction of the sign-in, so that its own statements do not become part of it. The hook
   * gets copies, so that it cannot change what is stored.
   */
  private callHook(hook: ClaimsHook, { user, session }: UserSession): ReturnType<typeof customClaimsOf> {
    return this.outside(() => customClaimsOf(hook, freeze(structuredClone(user)), freeze(structuredClone(session))));
  }
}

/**
 * A token that is issued in the same second as a change of roles contains the new roles, so it must not look stale. A
 * change further in the future was made before the clock was set back.
 */
function notStale({ tokensNotBefore }: User, issuedAt: Date): Date {
  if (tokensNotBefore === null || tokensNotBefore > addSeconds(issuedAt, MAX_CLOCK_SKEW_SECONDS)) return issuedAt;
  return tokensNotBefore > issuedAt ? tokensNotBefore : issuedAt;
}
