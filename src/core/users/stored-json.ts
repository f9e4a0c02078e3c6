/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The number of bytes that PostgreSQL's text of a `jsonb` has: with spaces, and with numbers in full. */
export function storedBytes(value: Json): number {
  if (typeof value === 'number') return digitsOf(value);
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value));
  if (isList(value)) return sum(value.map((item) => storedBytes(item) + SEPARATOR)) + BRACKETS - last(value.length);
  const entries = Object.entries(value);
  const lengths = entries.map(([key, item]) => storedBytes(key) + SEPARATOR + storedBytes(item) + SEPARATOR);
  return sum(lengths) + BRACKETS - last(entries.length);
}

/** A comma or a colon, and a space. */
const SEPARATOR = 2;
const BRACKETS = 2;

/** The last item has no separator. */
function last(count: number): number {
  return count === 0 ? 0 : SEPARATOR;
}

function isList(value: readonly Json[] | object): value is readonly Json[] {
  return Array.isArray(value);
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

/** JavaScript writes very large and very small numbers with an exponent. */
function digitsOf(value: number): number {
  const text = JSON.stringify(value);
  const [mantissa = '', exponent] = text.split('e');
  if (exponent === undefined) return text.length;
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const sign = mantissa.startsWith('-') ? 1 : 0;
  const power = Number(exponent);
  return sign + (power > 0 ? 1 + power : '0.'.length - power - 1 + whole.length + fraction.length);
}
