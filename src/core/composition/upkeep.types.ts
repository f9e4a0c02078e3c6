import type { Readiness } from '../../platform/database/readiness.js';

/** The life of a subgraph. */
export interface Upkeep {
  /**
   * Starts event delivery, emails and housekeeping. Requests work without it; events are kept until it is called.
   * @throws DatabaseSetupError the database schema is missing or not up to date, or the role may not use all of it
   */
  start(): Promise<void>;
  /**
   * Migrates the database schema, including that of the job queue. Safe in several processes at once.
   * @throws DatabaseSetupError the database cannot be migrated; the message says how to fix it
   */
  migrate(): Promise<void>;
  /** Returns whether `migrate` has anything to do, without changing anything. */
  hasPendingMigrations(): Promise<boolean>;
  /**
   * Returns the names of the migrations that `migrate` would run and of the indexes that it would build; `job-queue` stands
   * for the migrations of the job queue.
   */
  pendingMigrations(): Promise<string[]>;
  /** Returns whether requests can be served: the database is reachable, writable and migrated, and the load is not too high. */
  isReady(): Promise<boolean>;
  /** Returns `ok`, or the reason why requests should go to another process. */
  readiness(): Promise<Readiness>;
  /**
   * Returns `false` if every database connection of the process has been in use for two minutes, so that it should be
   * restarted. Stays `true` while the database is down, because a restart would not help.
   */
  isLive(): boolean;
  /** Waits for running work to finish, closes the database connections, and removes the metrics from the registry. */
  close(): Promise<void>;
}
