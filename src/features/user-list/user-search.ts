import { InvalidInputError } from '../../core/errors/errors.js';
import { normalizeDomainPrefix } from '../../core/users/email-address.js';
import { foldText } from '../../core/users/name-key.js';
import { isUuid } from '../../platform/random.js';

/** The lists that a search looks into, in the order of the results. */
const NAME_LISTS = ['LAST_NAME', 'FIRST_NAME', 'DISPLAY_NAME'] as const;
export type SearchList = 'ID' | 'DOMAIN' | 'ADDRESS' | (typeof NAME_LISTS)[number];

/** What is searched for. */
export interface SearchTexts {
  /** A whole id, or the beginning of an address or domain as it is stored. */
  readonly text: string;
  /** The beginning of a name as it is stored. */
  readonly name: string;
}

export interface UserSearch extends SearchTexts {
  /** Where it is searched for. */
  readonly lists: readonly SearchList[];
}

const MIN_LENGTH = 2;
const MAX_LENGTH = 254;

/**
 * Reads a search: a whole id, the beginning of a domain after an `@`, or the beginning of an address or a name.
 * @throws InvalidInputError it is too short or too long, or contains characters that nothing contains
 */
export function readSearch(given: string): UserSearch {
  if (isUuid(given.trim())) return { lists: ['ID'], text: given.trim().toLowerCase(), name: '' };
  // Folding can shorten the text, but not much.
  const isUsable = given.length <= MAX_LENGTH * 2 && !given.includes('\0') && given.isWellFormed();
  const search = isUsable ? searchOf(given.trim()) : undefined;
  const length = Array.from(search?.text ?? '').length + (search?.lists[0] === 'DOMAIN' ? 1 : 0);
  if (!search || length < MIN_LENGTH || length > MAX_LENGTH)
    throw new InvalidInputError(
      'search',
      `Must be ${String(MIN_LENGTH)} to ${String(MAX_LENGTH)} characters, or a whole id.`,
    );
  return search;
}

/** The accents of a domain count: without them, it is the domain of somebody else. */
function searchOf(text: string): UserSearch {
  const at = text.lastIndexOf('@');
  const name = foldText(text);
  if (at === -1) return { lists: ['ADDRESS', ...NAME_LISTS], text: name, name };
  const localPart = text.slice(0, at);
  const domain = normalizeDomainPrefix(text.slice(at + 1));
  if (domain === undefined || !/^[!-~]*$/.test(localPart)) return { lists: NAME_LISTS, text: name, name };
  if (localPart === '') return { lists: ['DOMAIN'], text: domain, name };
  return { lists: ['ADDRESS', ...NAME_LISTS], text: `${localPart.toLowerCase()}@${domain}`, name };
}
