import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { HashFields } from './hash-fields.js';
import { equalBytes, malformed, readNumbers, tooCostly, type ForeignHash, type UnusableHash } from './hash-reading.js';

interface Digest {
  readonly name: string;
  readonly bytes: number;
  /** For all blocks of a hash. They take about as long as bcrypt with the highest cost. */
  readonly maxIterations: number;
}

const DIGESTS: Readonly<Record<string, Digest>> = {
  'pbkdf2-sha1': { name: 'sha1', bytes: 20, maxIterations: 8_000_000 },
  'pbkdf2-sha256': { name: 'sha256', bytes: 32, maxIterations: 8_000_000 },
  'pbkdf2-sha512': { name: 'sha512', bytes: 64, maxIterations: 2_000_000 },
};

const derive = promisify(pbkdf2);

/** @see RFC 8018 §5.2 */
export function readPbkdf2({ id, parameters, salt, hash }: HashFields): ForeignHash | UnusableHash {
  const { i = '', l = String(hash.length), ...others } = parameters;
  const cost = readNumbers({ i, l, ...others }, ['i', 'l']);
  if (cost?.l !== hash.length) return malformed('i and optionally l, the number of bytes');
  const digest = DIGESTS[id];
  if (!digest) throw new Error(`${id} has no digest`);
  const maxIterations = Math.floor(digest.maxIterations / Math.ceil(hash.length / digest.bytes));
  if (cost.i > maxIterations) return tooCostly(`${String(maxIterations)} iterations for a hash of this length`);
  return {
    matches: async (password) => equalBytes(await derive(password, salt, cost.i, hash.length, digest.name), hash),
  };
}
