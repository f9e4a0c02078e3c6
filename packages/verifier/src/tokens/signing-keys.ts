import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { MIN_SECRET_BYTES } from './token-limits.js';
import { toPublicJwk, type AsymmetricAlgorithm, type AsymmetricKey, type PublicJwk } from './asymmetric-key.js';

export type SigningAlgorithm = 'HS256' | AsymmetricAlgorithm;

/** A key for exactly one algorithm. */
export interface VerifyingKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly verifyWith: KeyObject;
}

export interface SigningKey extends VerifyingKey {
  readonly signWith: KeyObject;
}

/** The current key signs; every key verifies. */
export interface SigningKeys {
  readonly current: SigningKey;
  readonly verifying: readonly VerifyingKey[];
  /** The published keys: the public half of every key of the ring; empty for a shared secret. @see RFC 7517 §5 */
  readonly published: readonly PublicJwk[];
}

/**
 * The one-key ring of a shared secret. Its `kid` distinguishes two secrets without revealing anything about them.
 * @throws TypeError the secret is shorter than 32 bytes
 */
export function hmacSigningKeys(secret: string): SigningKeys {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) throw new TypeError('the secret is shorter than 32 bytes');
  const kid = createHmac('sha256', secret).update('auth-subgraph kid').digest().subarray(0, 12).toString('base64url');
  const key = createSecretKey(Buffer.from(secret));
  const current: SigningKey = { kid, algorithm: 'HS256', signWith: key, verifyWith: key };
  return { current, verifying: [current], published: [] };
}

/** A ring of key pairs: the first signs, the others verify. */
export function asymmetricSigningKeys(keys: readonly AsymmetricKey[]): SigningKeys {
  const [first] = keys;
  if (!first?.privateKey) throw new TypeError('the first key of the ring cannot sign');
  return {
    current: { ...toVerifyingKey(first), signWith: first.privateKey },
    verifying: keys.map(toVerifyingKey),
    published: keys.map(toPublicJwk),
  };
}

export function toVerifyingKey({ kid, algorithm, publicKey }: AsymmetricKey): VerifyingKey {
  return { kid, algorithm, verifyWith: publicKey };
}
