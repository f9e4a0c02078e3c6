import { InvalidInputError } from '../../core/errors/errors.js';
import { foldText } from '../../core/users/name-key.js';
import { isUuid } from '../../platform/random.js';

/** The lists that a search looks into, in the order of the results. */
export const NAME_LISTS = ['ADDRESS', 'LAST_NAME', 'FIRST_NAME', 'DISPLAY_NAME'] as const;
export type SearchList = 'ID' | 'DOMAIN' | (typeof NAME_LISTS)[number];

/** What is searched for, and where. */
export interface UserSearch {
  readonly lists: readonly SearchList[];
  /** A whole id, or the folded beginning of a text. */
  readonly text: string;
}

const MIN_LENGTH = 2;
const MAX_LENGTH = 254;

/**
 * Reads a search: a whole id, the beginning of a domain after an `@`, or the beginning of an address or a name.
 * @throws InvalidInputError it is too short or too long, or contains characters that nothing contains
 */
export function readSearch(given: string): UserSearch {
  if (isUuid(given.trim())) return { lists: ['ID'], text: given.trim().toLowerCase() };
  // Folding can shorten the text, but not much.
  const isUsable = given.length <= MAX_LENGTH * 2 && !given.includes('\0') && given.isWellFormed();
  const folded = isUsable ? foldText(given) : '';
  const length = Array.from(folded).length;
  if (length < MIN_LENGTH || length > MAX_LENGTH)
    throw new InvalidInputError(
      'search',
      `Must be ${String(MIN_LENGTH)} to ${String(MAX_LENGTH)} characters, or a whole id.`,
    );
  return folded.startsWith('@') ? { lists: ['DOMAIN'], text: folded.slice(1) } : { lists: NAME_LISTS, text: folded };
}
