/** One rotation of a session. */
export interface PastRotation {
  readonly tokenHash: Buffer;
  /** What the new token is derived from, together with the replaced one. */
  readonly successorSeed: Buffer;
  readonly rotatedAt: Date;
}

/** A kept rotation consists of epoch milliseconds, hash and seed. The time comes first, so that records sort by time. */
export const TIME_BYTES = 8;
export const HASH_BYTES = 32;

/** The start of the records of a time. */
export function timeKey(epochMs: number): Buffer {
  const key = Buffer.alloc(TIME_BYTES);
  key.writeBigInt64BE(BigInt(epochMs));
  return key;
}

export function toPastRotation(record: Buffer): PastRotation {
  return {
    rotatedAt: new Date(Number(record.readBigInt64BE())),
    tokenHash: record.subarray(TIME_BYTES, TIME_BYTES + HASH_BYTES),
    successorSeed: record.subarray(TIME_BYTES + HASH_BYTES),
  };
}
