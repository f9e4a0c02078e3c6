/** What a database says about itself. */
export interface DatabaseFacts {
  readonly version: string;
  /** The time of its clock. */
  readonly epochSeconds: number;
  /** How many the role may have, unless it is a superuser. */
  readonly maxConnections: number;
  /** Settings that are off, so that a crash can lose what was acknowledged. */
  readonly unsafeSettings: readonly string[];
}

/** What the tables of the service say about how it runs. */
export interface TableFacts {
  readonly oldestEventAt: Date | null;
  /** Accounts whose password hash another system made. */
  readonly foreignHashes: number;
  /** Whether `foreignHashes` is extrapolated from a sample. */
  readonly isEstimate: boolean;
  /** Accounts whose time for erasure was more than a day ago. */
  readonly overdueErasures: number;
  /** Keys of service accounts that are older than a year and not revoked. */
  readonly oldServiceKeys: number;
  /** The latest sessions with a client address, at most 100, and how many different addresses they have. */
  readonly recentSessions: number;
  readonly recentAddresses: number;
}
