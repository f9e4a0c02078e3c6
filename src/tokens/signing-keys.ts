import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The signature algorithms a key can be pinned to. @see RFC 7518 §3.1 */
export type SigningAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'PS256';

/** One key and the only algorithm it may be used with; the token's own `alg` never chooses. @see RFC 8725 §3.1 */
export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  /** The secret, or the private half. */
  signWith: KeyObject;
  /** The secret, or the public half. */
  verifyWith: KeyObject;
}

/** `current` signs and is one of `byKid`; all of `byKid` verify. */
export interface SigningKeys {
  current: SigningKey;
  byKid: ReadonlyMap<string, SigningKey>;
}

/** The one HS256 key that a shared secret makes. Nodes with the same secret agree on its `kid`. */
export function hmacSigningKeys(secret: string): SigningKeys {
  const key = createSecretKey(secret, 'utf8');
  const current: SigningKey = { kid: hmacKeyId(key), algorithm: 'HS256', signWith: key, verifyWith: key };
  return { current, byKid: new Map([[current.kid, current]]) };
}

// The label holds no dot, so no JWT's signing input equals it: the `kid` is no part of any token's signature.
function hmacKeyId(key: KeyObject): string {
  return createHmac('sha256', key).update('auth-subgraph kid').digest().subarray(0, 12).toString('base64url');
}
