/** A program that calls without a user. */
export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** The live ones and the latest revoked ones: at most five, the newest first. */
  readonly keys: readonly ServiceKeyRecord[];
}

/** What is known of a key. */
export interface ServiceKeyRecord {
  readonly id: string;
  /** The last four characters. */
  readonly hint: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A new key, with the only copy of its text. */
export interface IssuedServiceKey {
  readonly key: ServiceKeyRecord;
  readonly secret: string;
}

/** So that a key can be replaced without an interruption. */
export const MAX_LIVE_KEYS = 2;

/** Live keys and the latest revoked ones. */
export const MAX_LISTED_KEYS = 5;
