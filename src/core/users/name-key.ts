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

/**
 * Folds text for searching: case, accents, compatibility forms and repeated white space make no difference. Not done in the
 * database, because its `lower` depends on the locale it was created with.
 */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      // At the end of a word, the lower case of a capital sigma is another letter.
      .replaceAll('ς', 'σ')
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
