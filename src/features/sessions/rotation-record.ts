/** One rotation of a session. */
export interface PastRotation {
  /** The hash of the replaced token, or its first `KEPT_HASH_BYTES`. */
  readonly tokenHash: Buffer;
  /** What the new token is derived from, together with the replaced one. */
  readonly successorSeed: Buffer;
  readonly rotatedAt: Date;
}

/**
 * A kept rotation consists of epoch milliseconds, the start of the hash, and the seed. The time comes first, so that records
 * sort by time. With whole hashes, the row of a session that refreshes without pause would be longer than 2 kB, and
 * PostgreSQL would move the records to another table in every refresh.
 */
export const TIME_BYTES = 8;
export const KEPT_HASH_BYTES = 16;
/** Earlier releases kept whole hashes, with a seed or with an encrypted token. */
const WHOLE_HASH = { hashBytes: 32, recordBytes: [56, 100] };

/** The start of the records of a time. */
export function timeKey(epochMs: number): Buffer {
  const key = Buffer.alloc(TIME_BYTES);
  key.writeBigInt64BE(BigInt(epochMs));
  return key;
}

export function toPastRotation(record: Buffer): PastRotation {
  const hashBytes = WHOLE_HASH.recordBytes.includes(record.length) ? WHOLE_HASH.hashBytes : KEPT_HASH_BYTES;
  return {
    rotatedAt: new Date(Number(record.readBigInt64BE())),
    tokenHash: record.subarray(TIME_BYTES, TIME_BYTES + hashBytes),
    successorSeed: record.subarray(TIME_BYTES + hashBytes),
  };
}

/** The part of a hash by which replaced tokens are recognized. */
export function keptHash(tokenHash: Buffer): Buffer {
  return tokenHash.subarray(0, KEPT_HASH_BYTES);
}
