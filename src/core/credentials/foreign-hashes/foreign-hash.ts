import { readArgon2 } from './argon2.js';
import { readFirebaseScrypt } from './firebase-scrypt.js';
import { readAlgorithm, readHashFields, type HashFields } from './hash-fields.js';
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
  const id = readAlgorithm(text);
  const read = id !== undefined && Object.hasOwn(READERS, id) ? READERS[id] : undefined;
  if (id === undefined || !read)
    return { problem: `must be a bcrypt hash, or start with one of ${Object.keys(READERS).map(quoted).join(', ')}` };
  const fields = readHashFields(id, text);
  return 'problem' in fields ? fields : read(fields);
}

function quoted(id: string): string {
  return `$${id}$`;
}
