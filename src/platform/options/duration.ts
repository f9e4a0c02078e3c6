import ms from 'ms';

const DURATION = /^\d+(\.\d+)? ?(ms|s|m|h|d|w)$/i;

/**
 * Reads a duration such as `'15m'` or `'7d'` as whole seconds, or answers undefined.
 * A text without a unit is refused, since the libraries below would take it for milliseconds.
 */
export function parseDurationSeconds(text: string): number | undefined {
  if (text.length > 20 || !DURATION.test(text)) return undefined;
  const seconds = ms(text as ms.StringValue) / 1000;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}
