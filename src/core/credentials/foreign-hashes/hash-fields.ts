import type { UnusableHash } from './hash-reading.js';

/** The parts of a hash in the PHC string format, `$id$v=1$a=1,b=2$salt$hash`. */
export interface HashFields {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const MAX_LENGTH = 1_024;
const ID = /^\$([a-z\d-]+)\$/;
/**
 * A version has a segment in argon2 hashes; Firebase's form lists it with the parameters. passlib writes the iterations of
 * PBKDF2 without a name.
 */
const FORMAT = /^\$[a-z\d-]+(?:\$(v=\d+))?\$(\d+|[a-z]+=[^$,]+(?:,[a-z]+=[^$,]+)*)\$([^$]*)\$([^$]*)$/;
/** passlib writes `.` for `+`, and the Admin SDK of Firebase writes `-` and `_` for `+` and `/`. */
const BASE64 = /^([A-Za-z\d+/._-]+)={0,2}$/;
/** Shorter hashes could be matched by chance. */
const MIN_HASH_BYTES = 16;
const MAX_HASH_BYTES = 256;

/** Returns the name of the algorithm of a hash, or `undefined` if it has none. */
export function readAlgorithm(text: string): string | undefined {
  return ID.exec(text)?.[1];
}

/**
 * Splits a hash with the name of an algorithm into its parts.
 * @see https://github.com/P-H-C/phc-string-format
 */
export function readHashFields(id: string, text: string): HashFields | UnusableHash {
  if (text.length > MAX_LENGTH) return { problem: `is longer than ${String(MAX_LENGTH)} characters` };
  const parts = FORMAT.exec(text);
  if (!parts) return { problem: `is malformed; it must look like $${id}$name=value,…$salt$hash` };
  const [, version, list = '', saltText, hashText] = parts;
  const [salt, hash] = [decodeBase64(saltText), decodeBase64(hashText)];
  if (!salt) return { problem: 'is malformed; its salt must be base64, and not empty' };
  if (!hash || hash.length < MIN_HASH_BYTES || hash.length > MAX_HASH_BYTES)
    return {
      problem: `is malformed; its hash must be ${String(MIN_HASH_BYTES)} to ${String(MAX_HASH_BYTES)} bytes in base64`,
    };
  const assignments = [...(version === undefined ? [] : [version]), ...list.split(',')];
  const parameters = Object.fromEntries(assignments.map(splitAssignment));
  if (Object.keys(parameters).length !== assignments.length) return { problem: 'is malformed; it repeats a parameter' };
  return { id, parameters, salt, hash };
}

/** Returns `undefined` if the text is not base64 or base64url of at least one byte. Padding may be missing. */
export function decodeBase64(text: string | undefined): Buffer | undefined {
  const [, digits] = BASE64.exec(text ?? '') ?? [];
  return digits === undefined || digits.length % 4 === 1
    ? undefined
    : Buffer.from(digits.replaceAll('.', '+'), 'base64');
}

/** Base64 values may end with `=`. A number without a name is that of iterations. */
function splitAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? ['i', text] : [text.slice(0, at), text.slice(at + 1)];
}
