/**
 * Control characters (PostgreSQL cannot store NUL), lone surrogates, unassigned code points, line and paragraph separators,
 * and the characters that change the direction of all text up to another one. Marks that only affect their neighbours, and
 * joiners, are part of some languages and of emoji.
 */
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\s]*$/u;

/** Returns whether a text has more characters (code points) than the maximum, without counting all of a very long one. */
export function isLongerThan(text: string, maximum: number): boolean {
  return text.length > 2 * maximum || Array.from(text).length > maximum;
}

/** Returns whether every character of a single line may be shown to other people. */
export function isReadable(line: string): boolean {
  return !UNREADABLE.test(line);
}

/** Returns whether nothing of a text can be seen. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}
