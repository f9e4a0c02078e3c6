import { InvalidInputError } from '../errors/errors.js';
import { isInvisible, isLongerThan, isReadable } from './readable-text.js';

export const MAX_NAME_LENGTH = 100;

/**
 * Normalises a name: trimmed and NFC, or null if nothing visible is left.
 * @throws InvalidInputError the name is longer than 100 characters, or contains characters that nobody can read
 */
export function normalizeName(field: string, text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  // A character has at most two code units, and NFC may shorten the text: anything longer than this cannot fit.
  const name = text.length > MAX_NAME_LENGTH * 8 ? text : text.trim().normalize('NFC');
  if (isLongerThan(name, MAX_NAME_LENGTH))
    throw new InvalidInputError(field, `Must be at most ${String(MAX_NAME_LENGTH)} characters long.`);
  if (!isReadable(name)) throw new InvalidInputError(field, 'Contains characters that are not allowed in a name.');
  return isInvisible(name) ? null : name;
}
