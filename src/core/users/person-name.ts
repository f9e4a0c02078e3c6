import { InvalidInputError } from '../errors/errors.js';

export const MAX_NAME_LENGTH = 100;

// Control characters, lone surrogates and unassigned code points; NUL among them cannot be stored at all.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Cn}]/u;

/**
 * The stored form of a name: trimmed and NFC, null when nothing is left.
 * @throws InvalidInputError longer than 100 characters, or with characters that no name has
 */
export function normalizeName(field: string, text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  // Two code units a character at the most, and NFC may shorten: whatever is longer than this cannot fit.
  const name = text.length > MAX_NAME_LENGTH * 8 ? text : text.trim().normalize('NFC');
  if (Array.from(name.slice(0, MAX_NAME_LENGTH * 8)).length > MAX_NAME_LENGTH)
    throw new InvalidInputError(field, `May be ${String(MAX_NAME_LENGTH)} characters long at the most.`);
  if (UNPRINTABLE.test(name)) throw new InvalidInputError(field, 'Holds characters that a name cannot have.');
  return name === '' ? null : name;
}
