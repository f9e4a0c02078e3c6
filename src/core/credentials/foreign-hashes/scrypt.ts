import { scrypt } from 'node:crypto';
import type { HashFields } from './hash-fields.js';
import {
  equalBytes,
  malformed,
  MAX_MEMORY_BYTES,
  MAX_PARALLELISM,
  readNumbers,
  tooCostly,
  type ForeignHash,
  type UnusableHash,
} from './hash-reading.js';

const MAX_LOG_N = 30;

export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** @see RFC 7914 */
export function readScrypt({ parameters, salt, hash }: HashFields): ForeignHash | UnusableHash {
  const cost = readNumbers(parameters, ['ln', 'r', 'p']);
  if (!cost) return malformed('ln, r and p');
  const scryptCost = { logN: cost.ln, r: cost.r, p: cost.p };
  return (
    scryptProblem(scryptCost) ?? {
      matches: async (password) => equalBytes(await deriveScrypt(password, salt, hash.length, scryptCost), hash),
    }
  );
}

export function scryptProblem({ logN, r, p }: ScryptCost): UnusableHash | undefined {
  if (logN <= MAX_LOG_N && 128 * 2 ** logN * r <= MAX_MEMORY_BYTES && p <= MAX_PARALLELISM) return undefined;
  return tooCostly(`256 MiB and p=${String(MAX_PARALLELISM)}`);
}

export async function deriveScrypt(
  password: string,
  salt: Buffer,
  length: number,
  { logN, r, p }: ScryptCost,
): Promise<Buffer> {
  const N = 2 ** logN;
  // Node.js counts a little more than the 128 * N * r bytes of the algorithm.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
