const LETTER = String.raw`\p{L}[\p{Mn}\p{Mc}]*`;
const LETTERS = `(?:${LETTER})+`;
/** Such as `Ada`, `O'Brien`, `Jean-Luc` and `'t`. */
const WORD = `['’]?${LETTERS}(?:['’‐‑-]${LETTERS})*['’]?`;
/** Such as `J.`, `Jr.`, `Prof.` and `J.R.`. Any other dot between letters could be part of a link. */
const ABBREVIATION = String.raw`(?:(?:${LETTER}){1,4}\.|(?:\p{Lu}\.)+)`;
const NAME = new RegExp(`^(?:${WORD}|${ABBREVIATION})(?: (?:${WORD}|${ABBREVIATION}))*$`, 'u');
/** Includes invisible letters and marks, and characters that change the text direction. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Returns whether a name may be used in a greeting. Mail programs turn many kinds of text into links, so only letters of
 * any script, apostrophes, hyphens, single spaces and abbreviations are allowed; digits, links and phone numbers are not.
 * Expects a single line.
 */
export function isGreetable(name: string): boolean {
  return NAME.test(name) && !INVISIBLE.test(name);
}
