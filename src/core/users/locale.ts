import { InvalidInputError } from '../errors/errors.js';

export const MAX_LOCALE_LENGTH = 35;

/** Returns the canonical form of a language tag, or `undefined` if it is not one. @see RFC 5646 §4.5 */
export function canonicalLocale(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text)[0];
  } catch {
    return undefined;
  }
}

/**
 * Normalises a language tag; null if the text is empty.
 * @throws InvalidInputError the text is not a language tag, or longer than 35 characters
 */
export function normalizeLocale(field: string, text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null;
  const locale = text.length > MAX_LOCALE_LENGTH ? undefined : canonicalLocale(text);
  if (locale === undefined || locale.length > MAX_LOCALE_LENGTH)
    throw new InvalidInputError(field, 'Must be a language tag such as `en` or `de-AT`.');
  return locale;
}

/** The locale and what it is a kind of, most specific first: `zh-Hant-TW`, `zh-Hant`, `zh`. */
export function localeChain(locale: string): string[] {
  const parts = locale.split('-');
  return parts.map((_part, at) => parts.slice(0, parts.length - at).join('-'));
}
