import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { HashFields } from './hash-fields.js';
import { equalBytes, malformed, readNumbers, tooCostly, type ForeignHash, type UnusableHash } from './hash-reading.js';

const MAX_ITERATIONS = 10_000_000;
const derive = promisify(pbkdf2);

/** @see RFC 8018 §5.2 */
export function readPbkdf2({ id, parameters, salt, hash }: HashFields): ForeignHash | UnusableHash {
  const { i = '', l = String(hash.length), ...others } = parameters;
  const cost = readNumbers({ i, l, ...others }, ['i', 'l']);
  if (cost?.l !== hash.length) return malformed('i and optionally l, the number of bytes');
  if (cost.i > MAX_ITERATIONS) return tooCostly(`${String(MAX_ITERATIONS)} iterations`);
  const digest = id.slice('pbkdf2-'.length);
  return {
    matches: async (password) => equalBytes(await derive(password, salt, cost.i, hash.length, digest), hash),
  };
}
