/** The arguments cannot be understood. The message is for the person who wrote them. */
export class UsageError extends Error {}

/** @throws UsageError the text is not a number in this range, or has to be whole and is not */
export function readNumber(name: string, text: string, from: number, to: number, { isWhole = true } = {}): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= from && value <= to && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'whole numbers' : 'numbers';
  throw new UsageError(`--${name} takes ${kind} from ${String(from)} to ${String(to)}, not "${text}"`);
}
