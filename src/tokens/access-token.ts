import jwt from 'jsonwebtoken';
import { toEpochSeconds } from '../kernel/clock.js';
import { isUuid } from '../kernel/random.js';
import type { SigningKey, SigningKeys } from './signing-keys.js';

/** No access token lives longer, whoever signed it: there is no way to take one back. */
export const MAX_ACCESS_TOKEN_LIFETIME_SECONDS = 24 * 60 * 60;

/** Our tokens have some 500 characters; a refusal must stay cheap, however long the input. */
const MAX_TOKEN_LENGTH = 4096;

/** How far the clock of the node that signed may be ahead of the one that verifies. */
const MAX_CLOCK_SKEW_SECONDS = 60;

export interface AccessTokenSettings {
  issuer: string;
  audience: string;
  lifetimeSeconds: number;
}

/** The settings that both sides agree on. */
type Parties = Pick<AccessTokenSettings, 'issuer' | 'audience'>;

/** What an access token says. The instants are whole seconds once they have been in a token. */
export interface AccessTokenClaims {
  userId: string;
  sessionId: string;
  tokenId: string;
  issuedAt: Date;
  expiresAt: Date;
  scope: readonly string[];
}

export type AccessTokenVerification =
  { ok: true; claims: AccessTokenClaims } | { ok: false; reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID' };

/**
 * Signs an access token with the current key. The same claims give the same HS256 token.
 * @see RFC 9068 §2
 */
export function signAccessToken(claims: AccessTokenClaims, parties: Parties, keys: SigningKeys): string {
  const { kid, algorithm, signWith } = keys.current;
  const payload = {
    iss: parties.issuer,
    aud: parties.audience,
    sub: claims.userId,
    sid: claims.sessionId,
    jti: claims.tokenId,
    iat: toEpochSeconds(claims.issuedAt),
    exp: toEpochSeconds(claims.expiresAt),
    ...(claims.scope.length > 0 && { scope: claims.scope.join(' ') }),
  };
  // As text, because jsonwebtoken puts the machine's time into an object whose `iat` is 0.
  return jwt.sign(JSON.stringify(payload), signWith, { algorithm, header: { alg: algorithm, typ: 'at+jwt', kid } });
}

/**
 * Tells whether the token is one of ours and still good at `now`. Takes anything and never throws.
 * An expired token is told from an invalid one only if all the rest of it is right.
 * @see RFC 9068 §4, RFC 8725 §3
 */
export function verifyAccessToken(
  token: unknown,
  parties: Parties,
  keys: SigningKeys,
  now: Date,
): AccessTokenVerification {
  const nowSeconds = toEpochSeconds(now);
  const payload = signedPayload(token, keys);
  if (!payload || !isFromUsToUs(payload, parties) || !hasIdentifiers(payload) || !hasTimes(payload, nowSeconds)) {
    return { ok: false, reason: 'TOKEN_INVALID' };
  }
  const scope = readScope(payload.scope);
  if (!scope) return { ok: false, reason: 'TOKEN_INVALID' };
  if (!(nowSeconds < payload.exp)) return { ok: false, reason: 'TOKEN_EXPIRED' };
  const claims: AccessTokenClaims = {
    userId: payload.sub,
    sessionId: payload.sid,
    tokenId: payload.jti,
    issuedAt: new Date(payload.iat * 1000),
    expiresAt: new Date(payload.exp * 1000),
    scope,
  };
  return { ok: true, claims };
}

type Untrusted<Member extends string> = Partial<Record<Member, unknown>>;
type Payload = Untrusted<'iss' | 'aud' | 'sub' | 'sid' | 'jti' | 'iat' | 'exp' | 'nbf' | 'scope'>;

/** The payload, if one of our keys signed it. */
function signedPayload(token: unknown, keys: SigningKeys): Payload | undefined {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return undefined;
  const [header, payload, signature, ...rest] = token.split('.', 4);
  if (!header || !payload || !signature || rest.length > 0 || !isCanonicalBase64url(signature)) return undefined;
  try {
    const key = keyOf(header, keys);
    if (!key) return undefined;
    // The times are compared below, against the clock that we are given.
    const options = { algorithms: [key.algorithm], ignoreExpiration: true, ignoreNotBefore: true };
    const claims: unknown = jwt.verify(token, key.verifyWith, options);
    return isObject(claims) && isCanonicalJson(payload, claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The key that the header names, if the header is `alg`, `typ` and `kid` and nothing else. A list of what is forbidden
 * would have to know every parameter that brings a key (`jwk`, `jku`, `x5u`, `x5c`) or changes what is signed (`crit`,
 * `b64`, `zip`, `enc`); we sign with these three, so that nothing else can be meant for us.
 */
function keyOf(segment: string, keys: SigningKeys): SigningKey | undefined {
  const header: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString());
  if (!isObject(header) || Object.keys(header).length !== 3 || !isCanonicalJson(segment, header)) return undefined;
  const { alg, typ, kid }: Untrusted<'alg' | 'typ' | 'kid'> = header;
  if (typeof kid !== 'string' || typeof typ !== 'string' || !ACCESS_TOKEN_TYPE.test(typ)) return undefined;
  const key = keys.byKid.get(kid);
  return key?.algorithm === alg ? key : undefined;
}

/** Media types have no case, and may leave out `application/`. @see RFC 7515 §4.1.9 */
const ACCESS_TOKEN_TYPE = /^(?:application\/)?at\+jwt$/i;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * True if the segment is exactly what we would write for the value. So there is one text for one meaning: no member
 * twice (where parsers differ on which one counts), no white space, no padding, no stray bits, no broken UTF-8.
 * Whatever `JSON.stringify` wrote, parsing and writing it again gives back, integer-like names and lone surrogates
 * included; so no token of ours is lost.
 */
function isCanonicalJson(segment: string, value: object): boolean {
  return Buffer.from(JSON.stringify(value)).toString('base64url') === segment;
}

function isCanonicalBase64url(segment: string): boolean {
  return Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

function isFromUsToUs({ iss, aud }: Payload, { issuer, audience }: Parties): boolean {
  if (iss !== issuer) return false;
  return Array.isArray(aud) ? aud.includes(audience) && aud.every((one) => typeof one === 'string') : aud === audience;
}

/** User and session go into SQL as UUIDs; the token's id goes into logs, so it has no control characters. */
function hasIdentifiers<T extends Payload>(payload: T): payload is T & { sub: string; sid: string; jti: string } {
  const { sub, sid, jti } = payload;
  return isUuid(sub) && isUuid(sid) && typeof jti === 'string' && VISIBLE_ASCII.test(jti);
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

function hasTimes<T extends Payload>(payload: T, now: number): payload is T & { iat: number; exp: number } {
  const { iat, exp, nbf } = payload;
  if (!isNumericDate(iat) || !isNumericDate(exp)) return false;
  if (nbf !== undefined && !(isNumericDate(nbf) && nbf <= now + MAX_CLOCK_SKEW_SECONDS)) return false;
  return iat <= now + MAX_CLOCK_SKEW_SECONDS && exp > iat && exp - iat <= MAX_ACCESS_TOKEN_LIFETIME_SECONDS;
}

/** RFC 7519 also allows fractions; we sign whole seconds. */
function isNumericDate(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The scope's values; none if there is no claim, and undefined if it is not a scope. */
function readScope(scope: unknown): readonly string[] | undefined {
  if (scope === undefined) return [];
  return typeof scope === 'string' && SCOPE.test(scope) ? scope.split(' ') : undefined;
}

/** @see RFC 6749 §3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
