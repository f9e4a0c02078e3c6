import { isIP } from 'node:net';
import { isGreetable } from './greetable-name.js';
import type { EmailData } from './email-definition.js';

/** The values that a template reads as `it`. */
export type TemplateValues = Readonly<Record<string, string | null>>;

/** The language of the built-in templates. */
const BUILT_IN = 'en-GB';

/** How to show values that an attacker may control; null hides them. Emails must not contain an attacker's text. */
const SHOWN: Readonly<Record<string, (line: string) => string | null>> = {
  name: (line) => (isGreetable(line) ? line : null),
  newEmail: maskEmailAddress,
  ipAddress: (line) => (isIP(line) === 0 ? null : line),
};

/** Converts every value to one line of text; instants are in UTC, and values that an attacker may control are masked. */
export function toTemplateValues(data: EmailData, productName: string, locale: string = BUILT_IN): TemplateValues {
  const values: Record<string, string | null> = { productName };
  for (const [key, value] of Object.entries(data))
    values[key] = value instanceof Date ? formatInstant(value, locale) : value === null ? null : toText(key, value);
  return values;
}

function toText(key: string, value: string): string | null {
  const line = toOneLine(value);
  return SHOWN[key] === undefined ? line : SHOWN[key](line);
}

interface InstantFormat {
  readonly day: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
}

/** By locale of a template. Creating one takes longer than rendering an email. */
const instantFormats = new Map<string, InstantFormat>();

/** Such as `24 November 2026, 08:30 UTC`, in the language of the template. */
export function formatInstant(instant: Date, locale: string = BUILT_IN): string {
  const { day, time } = instantFormats.get(locale) ?? addInstantFormat(locale);
  return `${day.format(instant)}, ${time.format(instant)} UTC`;
}

function addInstantFormat(locale: string): InstantFormat {
  const format = {
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' }),
  };
  instantFormats.set(locale, format);
  return format;
}

/**
 * Masks `ada@example.com` as `a***@e***`: the owner recognises it, and someone who reads the mailbox learns little. The
 * caller who requests a change chooses the text on both sides of the `@`, so neither is repeated.
 */
export function maskEmailAddress(address: string): string {
  const [, first = '', domain = ''] = /^([a-z0-9])?[^@]*@([a-z0-9])/i.exec(address) ?? [];
  return domain === '' ? '***' : `${first}***@${domain}***`;
}

/** Replaces control characters and line breaks. */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
