/** The arguments cannot be understood. The message is for the person who wrote them. */
export class UsageError extends Error {}

/** @throws UsageError the text is not a whole number in this range */
export function readNumber(name: string, text: string, from: number, to: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new UsageError(`--${name} takes a whole number from ${String(from)} to ${String(to)}, not "${text}"`);
}
