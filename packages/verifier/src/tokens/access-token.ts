import jwt from 'jsonwebtoken';
import { toEpochSeconds } from './clock.js';
import { isAhead, isComplete, isPlausible, toAccessTokenClaims, type AccessTokenClaims } from './token-claims.js';
import type { SigningAlgorithm, SigningKey, VerifyingKey } from './signing-keys.js';

const MAX_TOKEN_LENGTH = 4096;
const TYPE = 'at+jwt';

/** The claims reserved for the service; applications cannot set them. */
export const RESERVED_CLAIMS = [
  ...['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'nbf', 'scope'],
  ...['cnf', 'client_id', 'auth_time', 'acr', 'amr', 'act', 'may_act', '__proto__'],
] as const;

/** The issuer and the audience of tokens. */
export interface TokenParties {
  readonly issuer: string;
  readonly audience: string;
}

interface Grant {
  readonly tokenId: string;
  readonly issuedAt: Date;
  /** @see RFC 9068 §2.2.3 */
  readonly scopes?: readonly string[];
}

/** The contents of a new access token of a user. */
export interface UserTokenGrant extends Grant {
  readonly userId: string;
  readonly sessionId: string;
  /** When the session ends; the token is not valid for longer. */
  readonly sessionEnds?: Date;
  /** When the user authenticated. @see RFC 9068 §2.2.1 */
  readonly authenticatedAt?: Date;
  /** How the user authenticated; determines `acr`. @see RFC 8176 */
  readonly amr?: readonly string[];
  /** Claims of your application, none of them reserved. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The contents of a new access token of a service account. */
export interface ServiceTokenGrant extends Grant {
  readonly serviceId: string;
}

export type AccessTokenGrant = UserTokenGrant | ServiceTokenGrant;

/** Why a token is invalid, other than expiry: for the log, not for the client. */
type InvalidTokenDetail =
  'malformed' | 'unknown key' | 'wrong signature' | 'wrong issuer' | 'wrong audience' | 'wrong claims';

export type AccessTokenVerification =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly reason: 'TOKEN_EXPIRED' }
  | { readonly ok: false; readonly reason: 'TOKEN_INVALID'; readonly detail: InvalidTokenDetail };

/**
 * The verifying keys by the exact header of their tokens. A header is accepted as a whole or not at all: any other
 * header, whether it has `alg: none`, an embedded key or a `crit`, was not written by us.
 */
export type KeysByHeader = ReadonlyMap<string, VerifyingKey>;

export function keysByHeader(keys: readonly VerifyingKey[]): KeysByHeader {
  return new Map(keys.map((key) => [encode(headerOf(key)), key]));
}

export interface SignedAccessToken {
  readonly token: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
  /** Every claim, unchanged. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Signs a token that is valid for the given number of seconds, but not after its session ends.
 * @throws RangeError the claims are too large
 * @see RFC 9068
 */
export function signAccessToken(
  grant: AccessTokenGrant,
  { issuer, audience, lifetimeSeconds }: TokenParties & { readonly lifetimeSeconds: number },
  key: SigningKey,
): SignedAccessToken {
  const { tokenId, issuedAt, scopes = [] } = grant;
  const iat = toEpochSeconds(issuedAt);
  const exp = expiryOf(grant, iat, lifetimeSeconds);
  const scope = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  // Signed as text, because jsonwebtoken adds the machine's time to an object whose `iat` is 0.
  const text = JSON.stringify({
    ...{ iss: issuer, aud: audience, ...subjectOf(grant), jti: tokenId, iat, exp },
    ...('userId' in grant && authenticationOf(grant)),
    ...scope,
    ...('userId' in grant && grant.claims),
  });
  const token = jwt.sign(text, key.signWith, { algorithm: key.algorithm, header: headerOf(key) });
  if (token.length > MAX_TOKEN_LENGTH) throw new RangeError('an access token would be longer than 4096 characters');
  return { token, expiresAt: new Date(exp * 1000), scopes, claims: JSON.parse(text) as Record<string, unknown> };
}

/** The end of a session leaves its token at least a second: one that was never valid looks forged. */
function expiryOf(grant: AccessTokenGrant, iat: number, lifetimeSeconds: number): number {
  const latest = 'userId' in grant && grant.sessionEnds ? toEpochSeconds(grant.sessionEnds) : Number.POSITIVE_INFINITY;
  return Math.min(iat + lifetimeSeconds, Math.max(iat + 1, latest));
}

/** A service account is its own client. @see RFC 9068 §2.2 */
function subjectOf(grant: AccessTokenGrant): object {
  return 'userId' in grant
    ? { sub: grant.userId, sid: grant.sessionId }
    : { sub: grant.serviceId, client_id: grant.serviceId };
}

/** `acr` is 2 if the user authenticated with two factors, which `amr` shows as `mfa`. @see RFC 9068 §2.2.1 */
function authenticationOf({ authenticatedAt, amr }: UserTokenGrant): object {
  return {
    ...(authenticatedAt && { auth_time: toEpochSeconds(authenticatedAt) }),
    ...(amr && { amr, acr: amr.includes('mfa') ? '2' : '1' }),
  };
}

/**
 * Verifies an access token, more strictly than the library: exact header, canonical encoding, pinned algorithm and
 * type, all claims present with the right types, and the time from the caller.
 * @see RFC 9068 §4, RFC 8725
 */
export function verifyAccessToken(
  token: unknown,
  keys: KeysByHeader,
  { issuer, audience, now }: TokenParties & { readonly now: Date },
): AccessTokenVerification {
  const segments = split(token);
  if (!segments) return invalid('malformed');
  const [header, payload] = segments;
  const key = keys.get(header);
  if (!key) return invalid(looksLikeOurs(header) ? 'unknown key' : 'malformed');
  const claims = readClaims(token as string, payload, key);
  if (!claims) return invalid('wrong signature');
  if (claims['iss'] !== issuer) return invalid('wrong issuer');
  if (claims['aud'] !== audience) return invalid('wrong audience');
  const seconds = toEpochSeconds(now);
  if (!isComplete(claims) || !isPlausible(claims, seconds)) return invalid('wrong claims');
  // A token from the future was issued before the clock was set back: its session is still valid, and refreshing helps.
  if (!(seconds < claims.exp) || isAhead(claims.iat, seconds)) return { ok: false, reason: 'TOKEN_EXPIRED' };
  return { ok: true, claims: toAccessTokenClaims(claims) };
}

/** The header of a token that looks like one of ours, even if its key is unknown; undefined for any other text. */
export function headerIn(token: unknown): string | undefined {
  const [header] = split(token) ?? [];
  return header !== undefined && looksLikeOurs(header) ? header : undefined;
}

function invalid(detail: InvalidTokenDetail): AccessTokenVerification {
  return { ok: false, reason: 'TOKEN_INVALID', detail };
}

function headerOf({ algorithm, kid }: VerifyingKey): { alg: SigningAlgorithm; typ: string; kid: string } {
  return { alg: algorithm, typ: TYPE, kid };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const HEADER = /^\{"alg":"(?:HS256|RS256|ES256|PS256)","typ":"at\+jwt","kid":"[\w-]{16,64}"\}$/;

function looksLikeOurs(header: string): boolean {
  return HEADER.test(Buffer.from(header, 'base64url').toString());
}

/** Each value has exactly one encoding: no padding, no foreign alphabet, no leftover bits. @see RFC 7515 §2 */
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{4}|[\w-]{2}[AEIMQUYcgkosw048]|[\w-][AQgw])$/;

function split(token: unknown): [header: string, payload: string] | undefined {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return undefined;
  const segments = token.split('.', 4);
  const [header = '', payload = '', signature = ''] = segments;
  return segments.length === 3 && CANONICAL_BASE64URL.test(signature) ? [header, payload] : undefined;
}

/**
 * The claims, if one of our keys signed them and they are serialized exactly as we do it. This excludes duplicate
 * names, non-canonical encodings and invalid UTF-8.
 */
function readClaims(token: string, segment: string, key: VerifyingKey): Record<string, unknown> | undefined {
  try {
    // The claims are checked below with our clock; the library checks only the signature.
    const options = { algorithms: [key.algorithm], ignoreExpiration: true, ignoreNotBefore: true };
    const claims: unknown = jwt.verify(token, key.verifyWith, options);
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject && encode(claims) === segment ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
