import type { MailData, MailKind } from './mail-kind.js';

/** What a template reads as `it`. */
export type TemplateValues = Readonly<Record<string, string | null>>;

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

// A slash, an @ or a dot between letters: what mail programs turn into something to click.
const LOOKS_LIKE_A_LINK = /[/\\@]|[\p{L}\p{N}]\.[\p{L}\p{N}]{2}/u;

/** Text for every value: instants in UTC, everything on one line. */
export function toTemplateValues<K extends MailKind>(kind: K, data: MailData[K], productName: string): TemplateValues {
  const values: Record<string, string | null> = { productName };
  for (const [key, value] of Object.entries<string | Date | null>({ ...data }))
    values[key] = value instanceof Date ? formatInstant(value) : value === null ? null : toOneLine(value);
  values['name'] = greetableName(data.name);
  if (kind === 'change-email-notice' || kind === 'email-changed')
    values['newEmail'] = maskEmailAddress(values['newEmail'] ?? '');
  return values;
}

/** Such as `24 November 2026, 08:30 UTC`. */
export function formatInstant(instant: Date): string {
  return `${day.format(instant)}, ${time.format(instant)} UTC`;
}

/** `ada@example.com` as `a***@example.com`, which tells its owner enough and a thief of the mailbox little. */
export function maskEmailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at < 1 ? '***' : `${first}***${address.slice(at)}`;
}

/** Without control characters and line breaks. */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** None for a name that is bait: anybody can register somebody else's address under a name such as `win at evil.example`. */
function greetableName(name: string | null): string | null {
  const line = toOneLine(name ?? '');
  return line === '' || LOOKS_LIKE_A_LINK.test(line) ? null : line;
}
