/** What is put in place of `{email}` and other names in a text. */
export type Values = Readonly<Record<string, string | undefined>>;

/** Values that are not in the language of the text. */
const FOREIGN = ['email', 'device'];

/**
 * Puts values into a text. Addresses and names are isolated (U+2068, U+2069), because otherwise they could change the
 * order of the words around them in a language that is written from right to left.
 */
export function format(text: string, values: Values = {}): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return FOREIGN.includes(name) ? `\u2068${value}\u2069` : value;
  });
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** A time to wait in words, such as '5 minutes', rounded up. */
export function formatWait(seconds: number, locale: string): string {
  const [unit, size] =
    seconds < 2 * MINUTE_SECONDS
      ? (['second', 1] as const)
      : seconds < 2 * HOUR_SECONDS
        ? (['minute', MINUTE_SECONDS] as const)
        : (['hour', HOUR_SECONDS] as const);
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return Math.ceil(seconds / size).toLocaleString(locale, style);
}

/** The rest of a wait as digits, such as `4:59`. */
export function formatCountdown(seconds: number, locale: string): string {
  const digits = (value: number, count: number): string =>
    value.toLocaleString(locale, { minimumIntegerDigits: count, useGrouping: false });
  const rest = digits(seconds % MINUTE_SECONDS, 2);
  return `${digits(Math.floor(seconds / MINUTE_SECONDS), 1)}:${rest}`;
}

/** @param instant an ISO 8601 date-time */
export function formatDate(instant: string, locale: string): string {
  return new Date(instant).toLocaleDateString(locale, { dateStyle: 'long' });
}

/** @param instant an ISO 8601 date-time */
export function formatTime(instant: string, locale: string): string {
  return new Date(instant).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}
