const LETTER = String.raw`\p{L}[\p{Mn}\p{Mc}]*`;
const LETTERS = `(?:${LETTER})+`;
/** Such as `Ada`, `O'Brien`, `Jean-Luc` and `'t`. */
const WORD = `['’]?${LETTERS}(?:['’‐‑-]${LETTERS})*['’]?`;
/** Such as `J.`, `Jr.` and `Prof.`, and also `J.R.`. A dot that letters follow would be the dot of a link. */
const ABBREVIATION = String.raw`(?:(?:${LETTER}){1,4}\.|(?:\p{Lu}\.)+)`;
const NAME = new RegExp(`^(?:${WORD}|${ABBREVIATION})(?: (?:${WORD}|${ABBREVIATION}))*$`, 'u');
/** Among them letters and marks that cannot be seen, and characters that turn the direction of the text. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Whether a name may greet its owner. Mail programs and phones turn ever more kinds of text into something to tap, so this
 * says what a name is made of: letters of any script, apostrophes, hyphens, single spaces and abbreviations. Digits, links
 * and phone numbers are no part of it. Expects a single line.
 */
export function isGreetable(name: string): boolean {
  return NAME.test(name) && !INVISIBLE.test(name);
}
