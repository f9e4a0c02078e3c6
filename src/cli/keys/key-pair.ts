import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AsymmetricAlgorithm } from '@auth-subgraph/verifier';
import { readKey } from '@auth-subgraph/verifier/internal';
import { toEpochSeconds } from '../../platform/clock.js';
import type { RingKey } from './key-rotation-policy.js';

const RSA_BITS = 2048;

/** Generates a key for a ring. */
export async function newRingKey(algorithm: AsymmetricAlgorithm, now: Date): Promise<RingKey> {
  const { privateKey } =
    algorithm === 'ES256'
      ? await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
      : await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: algorithm };
  return { ...jwk, kid: readKey(jwk).kid, published_at: toEpochSeconds(now) };
}
