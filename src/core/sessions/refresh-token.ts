import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Random } from '../../platform/random.js';

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
const SEAL_NONCE_BYTES = 12;
const SEAL_TAG_BYTES = 16;
const SEAL_PURPOSE = 'auth-subgraph refresh token successor';

export function newRefreshToken(random: Random): RefreshToken {
  return { handle: random.bytes(16).toString('base64url'), secret: newSecret(random) };
}

/** Creates the token that replaces the given one: same handle, new secret. */
export function successorOf(token: RefreshToken, random: Random): RefreshToken {
  return { handle: token.handle, secret: newSecret(random) };
}

function newSecret(random: Random): string {
  return random.bytes(32).toString('base64url');
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
  return createHash('sha256').update(`handle:${token.handle}`).digest();
}

export function hashToken(token: RefreshToken): Buffer {
  return createHash('sha256')
    .update(`token:${formatRefreshToken(token)}`)
    .digest();
}

/**
 * Encrypts the secret of the successor under the presented token, so that a copy of the database alone never yields a
 * usable token.
 * @see RFC 5869 (HKDF), NIST SP 800-38D (GCM)
 */
export function sealSuccessor(presented: RefreshToken, successor: RefreshToken, random: Random): Buffer {
  const nonce = random.bytes(SEAL_NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealKey(presented), nonce);
  const sealed = Buffer.concat([cipher.update(successor.secret, 'base64url'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}

/** Decrypts the result of `sealSuccessor`. Throws if it was sealed under another token or altered. */
export function unsealSuccessor(presented: RefreshToken, sealed: Buffer): RefreshToken {
  const nonce = sealed.subarray(0, SEAL_NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', sealKey(presented), nonce, { authTagLength: SEAL_TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-SEAL_TAG_BYTES));
  const secret = Buffer.concat([decipher.update(sealed.subarray(SEAL_NONCE_BYTES, -SEAL_TAG_BYTES)), decipher.final()]);
  return { handle: presented.handle, secret: secret.toString('base64url') };
}

/** Returns a KeyObject: passing a Buffer to the cipher is slower. */
function sealKey(presented: RefreshToken): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', presented.secret, presented.handle, SEAL_PURPOSE, 32)));
}
