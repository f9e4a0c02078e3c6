import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import type { HashFields } from './hash-fields.js';
import { equalBytes, malformed, readNumbers, tooCostly, type ForeignHash, type UnusableHash } from './hash-reading.js';

/** 256 MiB. With more memory for one comparison, a few sign-ins would exhaust that of the process. */
const MAX_MEMORY_KIB = 2 ** 18;
/** How much memory all passes may fill: that takes about as long as bcrypt with the highest cost. */
const MAX_FILLED_KIB = 2 ** 20;
/** Each pass starts threads for each lane. */
const MAX_PASSES = 10;
const MAX_LANES = 16;
/** Version 1.3; hashes of 1.0 are rare and Node.js cannot verify them. */
const VERSION = 19;
/** @see RFC 9106 §3.1 */
const MIN_SALT_BYTES = 8;
const MIN_MEMORY_KIB_PER_LANE = 8;

/** @see RFC 9106 */
export function readArgon2({ id, parameters, salt, hash }: HashFields): ForeignHash | UnusableHash {
  const cost = readNumbers(parameters, ['v', 'm', 't', 'p']);
  if (cost?.v !== VERSION || salt.length < MIN_SALT_BYTES || cost.m < MIN_MEMORY_KIB_PER_LANE * cost.p)
    return malformed(`v=${String(VERSION)}, m (KiB), t and p, and its salt must have ${String(MIN_SALT_BYTES)} bytes`);
  if (cost.m > MAX_MEMORY_KIB || cost.m * cost.t > MAX_FILLED_KIB || cost.t > MAX_PASSES || cost.p > MAX_LANES)
    return tooCostly(
      `m=${String(MAX_MEMORY_KIB)}, m * t = ${String(MAX_FILLED_KIB)}, t=${String(MAX_PASSES)} and p=${String(MAX_LANES)}`,
    );
  const derive = argon2();
  if (!derive) return { problem: `is an argon2 hash, which needs Node.js 24.7; this is ${process.versions.node}` };
  return {
    matches: async (message) => {
      const lengths = { parallelism: cost.p, memory: cost.m, passes: cost.t, tagLength: hash.length };
      return equalBytes(await derive(id as crypto.Argon2Algorithm, { message, nonce: salt, ...lengths }), hash);
    },
  };
}

/** Older versions of Node.js do not have it. */
function argon2(): ((id: crypto.Argon2Algorithm, options: crypto.Argon2Parameters) => Promise<Buffer>) | undefined {
  return 'argon2' in crypto ? promisify(crypto.argon2) : undefined;
}
