import { isIP } from 'node:net';
import { isGreetable } from './greetable-name.js';
import type { EmailData } from './email-definition.js';

/** What a template reads as `it`. */
export type TemplateValues = Readonly<Record<string, string | null>>;

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

/** How to show a value that a stranger may have written; null hides it. An email says nothing in a stranger's words. */
const SHOWN: Readonly<Record<string, (line: string) => string | null>> = {
  name: (line) => (isGreetable(line) ? line : null),
  newEmail: maskEmailAddress,
  ipAddress: (line) => (isIP(line) === 0 ? null : line),
};

/** Text for every value: instants in UTC, everything on one line, and nothing in a stranger's words. */
export function toTemplateValues(data: EmailData, productName: string): TemplateValues {
  const values: Record<string, string | null> = { productName };
  for (const [key, value] of Object.entries(data))
    values[key] = value instanceof Date ? formatInstant(value) : value === null ? null : toText(key, value);
  return values;
}

function toText(key: string, value: string): string | null {
  const line = toOneLine(value);
  return SHOWN[key] === undefined ? line : SHOWN[key](line);
}

/** Such as `24 November 2026, 08:30 UTC`. */
export function formatInstant(instant: Date): string {
  return `${day.format(instant)}, ${time.format(instant)} UTC`;
}

/**
 * `ada@example.com` as `a***@e***`, which tells its owner enough and a thief of the mailbox little. Whoever asks for a
 * change of address chooses the words on both sides of the `@`, so neither is repeated.
 */
export function maskEmailAddress(address: string): string {
  const [, first = '', domain = ''] = /^([a-z0-9])?[^@]*@([a-z0-9])/i.exec(address) ?? [];
  return domain === '' ? '***' : `${first}***@${domain}***`;
}

/** Without control characters and line breaks. */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
