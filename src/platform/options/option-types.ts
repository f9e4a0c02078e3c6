import * as z from 'zod';
import { parseDurationSeconds } from './duration.js';

/** A duration with a unit, as text. */
export const duration = z
  .string('must be text with a unit; write for example "15m", "12h" or "7d"')
  .refine((text) => parseDurationSeconds(text) !== undefined, {
    error: 'must be a number of whole seconds with a unit (s, m, h, d or w); write for example "15m", "12h" or "7d"',
  });

/** A non-empty text. */
export function text(maximum: number): z.ZodString {
  const error = `must be a text of 1 to ${String(maximum)} characters`;
  return z.string(error).min(1, error).max(maximum, error);
}

/** A text without white space around it, which the service would remove from a variable. */
export function trimmed(schema: z.ZodString): z.ZodString {
  return schema.refine((value) => value === value.trim(), { error: 'must not begin or end with white space' });
}

/** A text on one line. */
export function oneLine(schema: z.ZodString): z.ZodString {
  return schema.regex(/^\P{Cc}*$/u, 'contains a control character, such as a line break');
}

export function integer(minimum: number, maximum: number): z.ZodNumber {
  const error = `must be a whole number from ${String(minimum)} to ${String(maximum)}; write it without quotes or units`;
  return z.number(error).int(error).min(minimum, error).max(maximum, error);
}

/** Whether a function accepts a text. */
export function isReadBy(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}

export const flag = z.boolean('must be true or false; write it without quotes');

/** The URL of a page of your application. */
export const pageUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an absolute http(s) address; write for example "https://app.example.com/page"',
});
