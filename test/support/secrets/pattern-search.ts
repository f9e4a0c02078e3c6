/** Every pattern is found by the hash of its first bytes. */
const WINDOW_BYTES = 10;
const BASE = 0x01000193;
const FILTER_BITS = 25;

/**
 * Finds any of many patterns in one pass. A rolling hash over the text is looked up in a bit set, which rules out nearly
 * every position.
 * @see https://en.wikipedia.org/wiki/Rabin%E2%80%93Karp_algorithm
 */
export class PatternSearch<Value> {
  private readonly buckets = new Map<number, { readonly bytes: Buffer; readonly value: Value }[]>();
  private readonly filter = new Uint32Array(2 ** (FILTER_BITS - 5));
  /** What each byte contributes to the hash when it leaves the window. */
  private readonly leaving = Array.from({ length: 256 }, (_value, byte) => Math.imul(byte, power(WINDOW_BYTES - 1)));

  /** @throws RangeError the pattern is shorter than the window */
  add(pattern: string, value: Value): void {
    const bytes = Buffer.from(pattern);
    if (bytes.length < WINDOW_BYTES) throw new RangeError(`a pattern has only ${String(bytes.length)} bytes`);
    let hash = 0;
    for (const byte of bytes.subarray(0, WINDOW_BYTES)) hash = (Math.imul(hash, BASE) + byte) | 0;
    const bucket = this.buckets.get(hash);
    if (bucket) bucket.push({ bytes, value });
    else this.buckets.set(hash, [{ bytes, value }]);
    const bit = bitOf(hash);
    this.filter[bit >>> 5] = (this.filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  /** Calls back for every occurrence of a pattern, with its first byte. */
  find(text: Buffer, found: (value: Value, start: number) => void): void {
    const { filter, leaving } = this;
    let hash = 0;
    for (let index = 0; index < text.length; index += 1) {
      if (index >= WINDOW_BYTES) hash = (hash - (leaving[text[index - WINDOW_BYTES] ?? 0] ?? 0)) | 0;
      hash = (Math.imul(hash, BASE) + (text[index] ?? 0)) | 0;
      const bit = bitOf(hash);
      if (((filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0 || index < WINDOW_BYTES - 1) continue;
      const start = index - WINDOW_BYTES + 1;
      for (const { bytes, value } of this.buckets.get(hash) ?? [])
        if (text.compare(bytes, 0, bytes.length, start, Math.min(start + bytes.length, text.length)) === 0)
          found(value, start);
    }
  }
}

function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

function power(exponent: number): number {
  let result = 1;
  for (let step = 0; step < exponent; step += 1) result = Math.imul(result, BASE);
  return result;
}
