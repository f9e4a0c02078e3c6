import { InvalidInputError } from '../errors/errors.js';
import { requireSynchronous } from '../../platform/synchronous.js';
import { storedBytes, type Json } from './stored-json.js';

/** A document about a user. */
export type MetadataDocument = Readonly<Record<string, Json>>;

/**
 * The documents about a user, by who writes them: operators and programs the public and the private one, the user the
 * preferences. Everyone who can see the user reads the public one.
 */
export type MetadataField = 'publicMetadata' | 'privateMetadata' | 'preferences';

/**
 * Checks what is written to a document, before it is stored. Throws if it is invalid; what it returns is ignored. Must be
 * synchronous.
 */
export type MetadataCheck = (changes: MetadataDocument) => unknown;

/** Changes to a document, one key at a time. */
export interface MetadataChange {
  readonly set: MetadataDocument;
  readonly removed: readonly string[];
}

/** A constraint of the table limits the stored document to as many bytes of text. */
export const MAX_METADATA_BYTES = 8192;
export const MAX_METADATA_KEYS = 64;
const MAX_DEPTH = 5;
const KEY = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Reads changes to a document: each key replaces the one in the document, and null removes it.
 * @param check of the application
 * @throws InvalidInputError the changes are not an object of JSON, too large or too deep, or the application rejects them,
 *   or an integer is so large that JavaScript has already rounded it
 * @throws TypeError the check of the application returned a promise
 */
export function readMetadataChange(field: MetadataField, changes: unknown, check?: MetadataCheck): MetadataChange {
  if (!isRecord(changes) || !isJson(changes, 1))
    throw new InvalidInputError(
      field,
      `Must be an object of JSON values, at most ${String(MAX_DEPTH)} levels deep, without NUL characters, unpaired surrogates, a key "__proto__" or integers beyond ±(2^53 - 1). Write larger ones as text.`,
    );
  const keys = Object.keys(changes);
  if (keys.length > MAX_METADATA_KEYS || !keys.every((key) => KEY.test(key) && key !== '__proto__'))
    throw new InvalidInputError(
      field,
      `Must have at most ${String(MAX_METADATA_KEYS)} keys, each of 1 to 64 letters, digits and \`_.-\`.`,
    );
  const removed = keys.filter((key) => changes[key] === null);
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)) as MetadataDocument;
  if (storedBytes(set) > MAX_METADATA_BYTES) throw metadataTooLarge(field);
  if (check) requireAccepted(field, set, check);
  return { set, removed };
}

/** The document would be larger than the table allows. */
export function metadataTooLarge(field: MetadataField): InvalidInputError {
  const limits = `${String(MAX_METADATA_BYTES)} bytes and ${String(MAX_METADATA_KEYS)} keys`;
  return new InvalidInputError(field, `Must be at most ${limits} in total.`);
}

function requireAccepted(field: MetadataField, set: MetadataDocument, check: MetadataCheck): void {
  let returned: unknown;
  try {
    returned = check(structuredClone(set));
  } catch {
    throw new InvalidInputError(field, 'The application does not accept these values.');
  }
  requireSynchronous(returned, `the check of ${field} must not return a promise`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number')
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (depth > MAX_DEPTH || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === null || prototype === Object.prototype) &&
    Object.entries(value).every(([key, item]) => isStorable(key) && key !== '__proto__' && isJson(item, depth + 1))
  );
}

/** PostgreSQL stores neither NUL nor lone surrogates. */
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
