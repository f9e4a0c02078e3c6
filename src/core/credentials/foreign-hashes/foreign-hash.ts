import { readArgon2 } from './argon2.js';
import { readFirebaseScrypt } from './firebase-scrypt.js';
import { readHashFields, type HashFields } from './hash-fields.js';
import type { ForeignHash, UnusableHash } from './hash-reading.js';
import { readPbkdf2 } from './pbkdf2.js';
import { readScrypt } from './scrypt.js';

export type { ForeignHash };

const READERS: Readonly<Record<string, (fields: HashFields) => ForeignHash | UnusableHash>> = {
  argon2id: readArgon2,
  argon2i: readArgon2,
  argon2d: readArgon2,
  scrypt: readScrypt,
  'pbkdf2-sha1': readPbkdf2,
  'pbkdf2-sha256': readPbkdf2,
  'pbkdf2-sha512': readPbkdf2,
  fbscrypt: readFirebaseScrypt,
};

/** Shorter hashes could be matched by chance. */
const MIN_HASH_BYTES = 16;
const MAX_HASH_BYTES = 256;

/** Reads a hash of another algorithm than bcrypt. Returns `undefined` if it cannot be verified. */
export function readForeignHash(text: string): ForeignHash | undefined {
  const read = readingOf(text);
  return 'matches' in read ? read : undefined;
}

/** Why no password could match a hash of another algorithm than bcrypt, or `undefined`. */
export function foreignHashProblem(text: string): string | undefined {
  const read = readingOf(text);
  return 'problem' in read ? read.problem : undefined;
}

function readingOf(text: string): ForeignHash | UnusableHash {
  const fields = readHashFields(text);
  const read = fields && Object.hasOwn(READERS, fields.id) ? READERS[fields.id] : undefined;
  if (!fields || !read)
    return { problem: `must be a bcrypt hash, or start with one of ${Object.keys(READERS).map(quoted).join(', ')}` };
  const { length } = fields.hash;
  if (length < MIN_HASH_BYTES || length > MAX_HASH_BYTES)
    return { problem: `must have ${String(MIN_HASH_BYTES)} to ${String(MAX_HASH_BYTES)} bytes` };
  return read(fields);
}

function quoted(id: string): string {
  return `$${id}$`;
}
