import { MAX_CLOCK_SKEW_SECONDS } from './clock.js';
import { freeze } from './freeze.js';
import { isScopeToken } from './scope.js';
import { MAX_ACCESS_TOKEN_SECONDS } from './token-limits.js';
import { isUuid } from './uuid.js';

/** The contents of every valid access token. */
interface TokenContents {
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
  /** Every claim, unchanged. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The contents of a user's valid access token. */
export interface UserTokenClaims extends TokenContents {
  readonly userId: string;
  readonly sessionId: string;
}

/** The contents of a service account's valid access token. */
export interface ServiceTokenClaims extends TokenContents {
  readonly serviceId: string;
}

export type AccessTokenClaims = UserTokenClaims | ServiceTokenClaims;

/** The claims of our tokens, by the names in RFC 7519 and RFC 9068. */
interface CompleteClaims {
  readonly sub: string;
  /** Missing in the tokens of service accounts, which have no session. */
  readonly sid?: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number;
  readonly auth_time?: number;
  readonly scope?: string;
}

/** Whether all claims are present, and each has its type. */
export function isComplete(claims: Record<string, unknown>): claims is Record<string, unknown> & CompleteClaims {
  const { sub, jti, iat, exp, nbf, auth_time: authTime, amr, acr, scope } = claims;
  return (
    isUuid(sub) &&
    (isOfUser(claims) || isOfService(claims)) &&
    typeof jti === 'string' &&
    VISIBLE_ASCII.test(jti) &&
    isNumericDate(iat) &&
    isNumericDate(exp) &&
    (nbf === undefined || isNumericDate(nbf)) &&
    (authTime === undefined || isNumericDate(authTime)) &&
    (amr === undefined || (Array.isArray(amr) && amr.every((method) => typeof method === 'string'))) &&
    (acr === undefined || typeof acr === 'string') &&
    (scope === undefined || (typeof scope === 'string' && scope.split(' ').every(isScopeToken)))
  );
}

/** Users have a session. A token that also names a client is neither a user's nor a service account's. */
function isOfUser({ sid, client_id: clientId }: Record<string, unknown>): boolean {
  return isUuid(sid) && clientId === undefined;
}

/**
 * A service account is its own client and has no session. Only the auth service can write `client_id` or leave out
 * `sid`, because claims hooks cannot set either. @see RFC 9068 §2.2, §5
 */
function isOfService({ sub, client_id: clientId, ...claims }: Record<string, unknown>): boolean {
  return clientId === sub && SIGN_IN_CLAIMS.every((name) => !Object.hasOwn(claims, name));
}

/** What only the sign-in of a user can have caused. */
const SIGN_IN_CLAIMS = ['sid', 'auth_time', 'amr', 'acr'];

/** The token's id is written to logs. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** RFC 7519 also allows fractions; we sign whole seconds. */
function isNumericDate(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Whether a token's times are plausible. We sign no `nbf`, but a token that has one must not be used before it. @see
 * RFC 7519 §4.1.5
 */
export function isPlausible({ iat, exp, nbf = 0 }: CompleteClaims, seconds: number): boolean {
  return exp > iat && exp - iat <= MAX_ACCESS_TOKEN_SECONDS && !isAhead(nbf, seconds);
}

/** Whether a time is further in the future than the clocks of two nodes may differ. */
export function isAhead(time: number, seconds: number): boolean {
  return time > seconds + MAX_CLOCK_SKEW_SECONDS;
}

export function toAccessTokenClaims(claims: Record<string, unknown> & CompleteClaims): AccessTokenClaims {
  const { sub, sid, jti, iat, exp, scope } = claims;
  // A cached token is shared by many requests, and a date cannot be frozen.
  return freeze({
    ...(sid === undefined ? { serviceId: sub } : { userId: sub, sessionId: sid }),
    tokenId: jti,
    get issuedAt() {
      return new Date(iat * 1000);
    },
    get expiresAt() {
      return new Date(exp * 1000);
    },
    scopes: scope === undefined ? [] : scope.split(' '),
    claims,
  });
}
