import { MAX_NAME_LENGTH } from './person-name.js';

/** A first and a last name with a space between them. */
export const MAX_NAME_KEY_LENGTH = 2 * MAX_NAME_LENGTH + 1;

/** What users are found by: their names, folded. */
export interface NameKeys {
  /** First name first; null without a first name. */
  readonly nameKey: string | null;
  /** Last name first; null without a last name. */
  readonly sortNameKey: string | null;
  readonly displayNameKey: string | null;
}

export interface Names {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
}

/** Letters that Unicode does not decompose, as they are typed on other keyboards, and the final sigma. */
// prettier-ignore
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ı: 'i', ə: 'e', ς: 'σ',
};
const OTHER_LETTER = /[ßæœþøłđðħŧıəς]/gu;
/** Marks on letters, and characters that nobody sees. */
const IGNORED = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;
const APOSTROPHE = /[‘’‛ʹʻʼʽʾʿ′׳]/gu;
const QUOTATION_MARK = /[“”„‟״]/gu;
const DASH = /[\p{Pd}−]/gu;

/**
 * Folds text for searching: case, accents, compatibility forms, the shapes of apostrophes and dashes, and repeated white space
 * make no difference. Not done in the database, because its `lower` depends on the locale it was created with.
 */
export function foldText(text: string): string {
  return (
    text
      // By itself, an acute accent would become a space.
      .replaceAll('´', '’')
      .normalize('NFKD')
      .replaceAll(IGNORED, '')
      .toLowerCase()
      .replaceAll(OTHER_LETTER, (letter) => LETTERS[letter] ?? letter)
      .replaceAll(APOSTROPHE, "'")
      .replaceAll(QUOTATION_MARK, '"')
      .replaceAll(DASH, '-')
      .normalize('NFC')
      .replaceAll(/\s+/gu, ' ')
      .trim()
  );
}

/** The keys of a user with these names. */
export function nameKeysOf({ firstName, lastName, displayName }: Names): NameKeys {
  return {
    nameKey: firstName === null ? null : keyOf([firstName, lastName], MAX_NAME_KEY_LENGTH),
    sortNameKey: lastName === null ? null : keyOf([lastName, firstName], MAX_NAME_KEY_LENGTH),
    displayNameKey: displayName === null ? null : keyOf([displayName], MAX_NAME_LENGTH),
  };
}

function keyOf(parts: readonly (string | null)[], maximum: number): string {
  const present = parts.filter((part) => part !== null);
  return Array.from(foldText(present.join(' ')))
    .slice(0, maximum)
    .join('');
}
