import ms from 'ms';

const DURATION = /^\d+(\.\d+)? ?(ms|s|m|h|d|w)$/i;

/**
 * Parses a duration such as `'15m'` or `'7d'` into whole seconds; returns undefined if it is invalid. A text without a
 * unit is invalid, since the underlying libraries would read it as milliseconds.
 */
export function parseDurationSeconds(text: string): number | undefined {
  if (text.length > 20 || !DURATION.test(text)) return undefined;
  const seconds = ms(text as ms.StringValue) / 1000;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}
