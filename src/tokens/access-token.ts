import jwt from 'jsonwebtoken';
import { addSeconds, toEpochSeconds } from '../kernel/clock.js';
import { MAX_ACCESS_TOKEN_SECONDS } from '../kernel/token-lifetime.js';
import { isUuid } from '../kernel/random.js';
import type { SigningAlgorithm, SigningKey, SigningKeys } from './signing-keys.js';

const MAX_TOKEN_LENGTH = 4096;
const MAX_CLOCK_SKEW_SECONDS = 60;
const TYPE = 'at+jwt';

export interface AccessTokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

/** What a new access token says. */
interface AccessTokenGrant {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly issuedAt: Date;
}

type AccessTokenVerification =
  | { readonly ok: true; readonly claims: AccessTokenGrant & { readonly expiresAt: Date } }
  | { readonly ok: false; readonly reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID' };

export interface AccessTokens {
  sign(grant: AccessTokenGrant): { token: string; expiresAt: Date };
  verify(token: unknown, now: Date): AccessTokenVerification;
}

const INVALID = { ok: false, reason: 'TOKEN_INVALID' } as const;

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Signs and verifies access tokens. Verification is stricter than the library's: exactly our header, canonical
 * encoding, pinned algorithm and type, every claim present and of its type, and the time from the caller.
 * @see RFC 9068, RFC 8725
 */
export function createAccessTokens(settings: AccessTokenSettings, keys: SigningKeys): AccessTokens {
  // A header is accepted as a whole or not at all: whatever is not one of these texts, be it `alg: none`, an embedded
  // key or a `crit`, was not written by us.
  const keysByHeader: ReadonlyMap<string, SigningKey> = new Map(
    [...keys.byKid.values()].map((key) => [encode(headerOf(key)), key]),
  );
  const { issuer, audience, lifetimeSeconds } = settings;

  function sign({ userId, sessionId, tokenId, issuedAt }: AccessTokenGrant): { token: string; expiresAt: Date } {
    const iat = toEpochSeconds(issuedAt);
    const exp = iat + lifetimeSeconds;
    const { current } = keys;
    // As text, because jsonwebtoken puts the machine's time into an object whose `iat` is 0.
    const claims = JSON.stringify({ iss: issuer, aud: audience, sub: userId, sid: sessionId, jti: tokenId, iat, exp });
    const token = jwt.sign(claims, current.signWith, { algorithm: current.algorithm, header: headerOf(current) });
    return { token, expiresAt: new Date(exp * 1000) };
  }

  function verify(token: unknown, now: Date): AccessTokenVerification {
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return INVALID;
    const segments = token.split('.', 4);
    const [header = '', payload = '', signature = ''] = segments;
    const key = keysByHeader.get(header);
    if (segments.length !== 3 || !key || !CANONICAL_BASE64URL.test(signature)) return INVALID;
    const claims = readClaims(token, payload, key);
    if (!claims) return INVALID;
    if (claims['iss'] !== issuer || claims['aud'] !== audience || !isComplete(claims)) return INVALID;
    const { sub, sid, jti, iat, exp } = claims;
    const seconds = toEpochSeconds(now);
    if (iat > seconds + MAX_CLOCK_SKEW_SECONDS || exp <= iat) return INVALID;
    if (exp - iat > MAX_ACCESS_TOKEN_SECONDS) return INVALID;
    if (!(seconds < exp)) return { ok: false, reason: 'TOKEN_EXPIRED' };
    const issuedAt = new Date(iat * 1000);
    return {
      ok: true,
      claims: { userId: sub, sessionId: sid, tokenId: jti, issuedAt, expiresAt: addSeconds(issuedAt, exp - iat) },
    };
  }

  return { sign, verify };
}

function headerOf({ algorithm, kid }: SigningKey): { alg: SigningAlgorithm; typ: string; kid: string } {
  return { alg: algorithm, typ: TYPE, kid };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** One text for one value: no padding, no foreign alphabet, no bits left over. @see RFC 7515 §2 */
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{4}|[\w-]{2}[AEIMQUYcgkosw048]|[\w-][AQgw])$/;

/**
 * The claims, if one key of ours signed them and they are written as we would write them: then no name is there twice,
 * the encoding is canonical and the UTF-8 is sound.
 */
function readClaims(token: string, segment: string, key: SigningKey): Record<string, unknown> | undefined {
  try {
    // The claims are checked here, against our clock; the library checks the signature.
    const options = { algorithms: [key.algorithm], ignoreExpiration: true, ignoreNotBefore: true };
    const claims: unknown = jwt.verify(token, key.verifyWith, options);
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject && encode(claims) === segment ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isComplete(claims: Record<string, unknown>): claims is Record<string, unknown> & Claims {
  const { sub, sid, jti, iat, exp } = claims;
  return (
    isUuid(sub) &&
    isUuid(sid) &&
    typeof jti === 'string' &&
    VISIBLE_ASCII.test(jti) &&
    isNumericDate(iat) &&
    isNumericDate(exp)
  );
}

/** The token's id goes into logs. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** RFC 7519 also allows fractions; we sign whole seconds. */
function isNumericDate(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
