import { randomFillSync } from 'node:crypto';
import { systemClock } from './clock.js';

export { isUuid } from '@auth-subgraph/verifier/internal';

/** The source of secrets and identifiers. Tests may pass a seeded one. */
export interface Random {
  /** Unpredictable bytes from a cryptographically secure source. */
  bytes(length: number): Buffer;
}

/** Drawing this many bytes takes no longer than drawing sixteen. */
const DRAWN_AT_ONCE = 4096;

/** The source of the system. It draws bytes in advance, and hands out each of them once. */
export const systemRandom: Random = { bytes: drawAhead() };

function drawAhead(): Random['bytes'] {
  const drawn = Buffer.alloc(DRAWN_AT_ONCE);
  let next = DRAWN_AT_ONCE;
  return (length) => {
    if (length > DRAWN_AT_ONCE) return randomFillSync(Buffer.alloc(length));
    if (next + length > DRAWN_AT_ONCE) {
      randomFillSync(drawn);
      next = 0;
    }
    const source = drawn.subarray(next, next + length);
    next += length;
    const bytes = Buffer.from(source);
    source.fill(0);
    return bytes;
  };
}

/**
 * Creates a UUID version 7: 48 bits of milliseconds, then 74 random bits, so that keys created close in time are close
 * in an index.
 * @see RFC 9562 §5.7
 */
export function uuidV7(now: Date, random: Random): string {
  return toUuidV7(now, random.bytes(10));
}

/** The id that a client gets for an error that is in the log. It does not depend on the clock and random of an application. */
export function newErrorId(): string {
  return uuidV7(systemClock.now(), systemRandom);
}

/** The lowest UUID version 7 of an instant: those created before it are lower. */
export function lowestUuidV7(instant: Date): string {
  return toUuidV7(instant, Buffer.alloc(10));
}

function toUuidV7(instant: Date, rest: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(instant.getTime(), 0, 6);
  rest.copy(bytes, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
