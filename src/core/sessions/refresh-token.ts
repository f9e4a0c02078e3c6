import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Random } from '../../platform/random.js';
import { sha256 } from '../../platform/sha256.js';

/**
 * An opaque refresh token, `handle.secret`. The handle identifies the session and never changes; the secret changes with
 * every rotation. Only hashes of both are stored.
 */
export interface RefreshToken {
  /** 128 random bits, base64url. */
  readonly handle: string;
  /** 256 random bits, base64url. */
  readonly secret: string;
}

const TOKEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const SEED_BYTES = 16;
const PURPOSE = 'auth-subgraph refresh token successor';
const SEAL_NONCE_BYTES = 12;
const SEAL_TAG_BYTES = 16;

export function newRefreshToken(random: Random): RefreshToken {
  return { handle: random.bytes(16).toString('base64url'), secret: random.bytes(32).toString('base64url') };
}

export function formatRefreshToken({ handle, secret }: RefreshToken): string {
  return `${handle}.${secret}`;
}

/** Returns `undefined` if the text does not have the form of a refresh token. */
export function parseRefreshToken(text: string | null | undefined): RefreshToken | undefined {
  const [, handle, secret] = TOKEN.exec(text ?? '') ?? [];
  return handle === undefined || secret === undefined ? undefined : { handle, secret };
}

export function hashHandle(token: RefreshToken): Buffer {
  return sha256(`handle:${token.handle}`);
}

export function hashToken(token: RefreshToken): Buffer {
  return sha256(`token:${formatRefreshToken(token)}`);
}

/** Creates the seed of a successor. It is stored, so that the same successor can be derived again. */
export function newSuccessorSeed(random: Random): Buffer {
  return random.bytes(SEED_BYTES);
}

/**
 * Derives the token that replaces the presented one: same handle, new secret. Neither the presented token nor the seed is
 * enough, so a copy of the database alone never yields a usable token.
 * @param seed from `newSuccessorSeed`, or what an earlier release stored instead
 * @see RFC 2104 (HMAC)
 */
export function successorOf(presented: RefreshToken, seed: Buffer): RefreshToken {
  if (seed.length !== SEED_BYTES) return unsealSuccessor(presented, seed);
  const secret = createHmac('sha256', presented.secret)
    .update(`${PURPOSE}:${presented.handle}:`)
    .update(seed)
    .digest('base64url');
  return { handle: presented.handle, secret };
}

/**
 * Decrypts a successor that an earlier release stored encrypted under the presented token. Only needed within the grace
 * period of tokens that were replaced before an update. Throws if it was encrypted under another token or altered.
 * @see RFC 5869 (HKDF), NIST SP 800-38D (GCM)
 */
function unsealSuccessor(presented: RefreshToken, sealed: Buffer): RefreshToken {
  const key = Buffer.from(hkdfSync('sha256', presented.secret, presented.handle, PURPOSE, 32));
  const nonce = sealed.subarray(0, SEAL_NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: SEAL_TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-SEAL_TAG_BYTES));
  const secret = Buffer.concat([decipher.update(sealed.subarray(SEAL_NONCE_BYTES, -SEAL_TAG_BYTES)), decipher.final()]);
  return { handle: presented.handle, secret: secret.toString('base64url') };
}
