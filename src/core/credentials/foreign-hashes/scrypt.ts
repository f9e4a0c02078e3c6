import { scrypt } from 'node:crypto';
import type { HashFields } from './hash-fields.js';
import { equalBytes, malformed, readNumbers, tooCostly, type ForeignHash, type UnusableHash } from './hash-reading.js';

/** N * r * p: 256 MiB without parallelism, and about as long as bcrypt with the highest cost. */
const MAX_WORK = 2 ** 21;
/** r * p: the parallel blocks need 2 MiB more. */
const MAX_BLOCKS = 2 ** 14;

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
  // Node.js rejects it, like the RFC.
  if (logN >= 16 * r) return { problem: 'is malformed; N must be less than 2 ** (16 * r)' };
  if (2 ** logN * r * p <= MAX_WORK && r * p <= MAX_BLOCKS) return undefined;
  return tooCostly(`N * r * p = ${String(MAX_WORK)} and r * p = ${String(MAX_BLOCKS)}`);
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
