import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

export type SigningAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'PS256';

/** A key is good for one algorithm and no other. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly signWith: KeyObject;
  readonly verifyWith: KeyObject;
}

/** The current key signs; every key verifies. */
export interface SigningKeys {
  readonly current: SigningKey;
  readonly byKid: ReadonlyMap<string, SigningKey>;
}

/** The one-key ring of a shared secret. Its `kid` tells two secrets apart and nothing about either. */
export function hmacSigningKeys(secret: string): SigningKeys {
  const kid = createHmac('sha256', secret).update('auth-subgraph kid').digest().subarray(0, 12).toString('base64url');
  const key = createSecretKey(Buffer.from(secret));
  const current: SigningKey = { kid, algorithm: 'HS256', signWith: key, verifyWith: key };
  return { current, byKid: new Map([[kid, current]]) };
}
