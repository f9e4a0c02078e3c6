import jwt from 'jsonwebtoken';
import { addSeconds, toEpochSeconds } from '../kernel/clock.js';
import { isUuid } from '../kernel/random.js';
import type { SigningAlgorithm, SigningKey, SigningKeys } from './signing-keys.js';

const MAX_ACCESS_TOKEN_LIFETIME_SECONDS = 24 * 60 * 60;
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

const SEGMENT = /^[A-Za-z0-9_-]+$/;
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
    const token = jwt.sign(
      { iss: issuer, aud: audience, sub: userId, sid: sessionId, jti: tokenId, iat, exp },
      current.signWith,
      { algorithm: current.algorithm, header: headerOf(current) },
    );
    return { token, expiresAt: new Date(exp * 1000) };
  }

  function verify(token: unknown, now: Date): AccessTokenVerification {
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return INVALID;
    const segments = token.split('.', 4);
    const [header = '', payload = '', signature = ''] = segments;
    const key = keysByHeader.get(header);
    if (segments.length !== 3 || !key || !isCanonical(signature)) return INVALID;
    const claims = readClaims(payload);
    if (!claims || !hasValidSignature(token, key)) return INVALID;
    if (claims['iss'] !== issuer || claims['aud'] !== audience || !isComplete(claims)) return INVALID;
    const { sub, sid, jti, iat, exp } = claims;
    const seconds = toEpochSeconds(now);
    if (iat > seconds + MAX_CLOCK_SKEW_SECONDS || exp <= iat) return INVALID;
    if (exp - iat > MAX_ACCESS_TOKEN_LIFETIME_SECONDS) return INVALID;
    if (exp <= seconds) return { ok: false, reason: 'TOKEN_EXPIRED' };
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
function isCanonical(segment: string): boolean {
  return SEGMENT.test(segment) && Buffer.from(segment, 'base64url').toString('base64url') === segment;
}

/** The claims, if they are written as `JSON.stringify` writes them: a duplicate name would not survive that. */
function readClaims(segment: string): Record<string, unknown> | undefined {
  if (!isCanonical(segment)) return undefined;
  const text = Buffer.from(segment, 'base64url').toString();
  try {
    const claims: unknown = JSON.parse(text);
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject && JSON.stringify(claims) === text ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function hasValidSignature(token: string, key: SigningKey): boolean {
  try {
    // The claims are checked here, against our clock; the library checks the signature.
    jwt.verify(token, key.verifyWith, { algorithms: [key.algorithm], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

function isComplete(claims: Record<string, unknown>): claims is Record<string, unknown> & Claims {
  const { sub, sid, jti, iat, exp } = claims;
  return (
    isUuid(sub) &&
    isUuid(sid) &&
    typeof jti === 'string' &&
    jti !== '' &&
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(exp)
  );
}
