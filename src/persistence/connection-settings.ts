import type { PoolClient } from 'pg';

/** A setting of PostgreSQL and its value. */
export type ConnectionSetting = readonly [name: string, value: string];

/** How long the statements of a connection may take. */
export interface ConnectionLimits {
  readonly settings: readonly ConnectionSetting[];
  /** How long the driver waits for an answer, in milliseconds; 0 for as long as it takes. */
  readonly queryTimeoutMs: number;
}

/**
 * For requests. The server gives up before the driver does: otherwise a statement could still take effect after the
 * client was told that it failed.
 */
export const REQUEST_LIMITS: ConnectionLimits = {
  settings: [
    // Whoever holds a row for longer than this is stuck; more who wait for it would use up the pool.
    ['lock_timeout', '5s'],
    ['statement_timeout', '10s'],
    // Transactions only write and never wait for anything else. If a process is paused, its locks are released.
    ['idle_in_transaction_session_timeout', '30s'],
  ],
  queryTimeoutMs: 15_000,
};

/** For the job queue and for housekeeping, which scan whole tables. Nobody waits for an answer. */
export const BACKGROUND_LIMITS: ConnectionLimits = {
  settings: [
    ['lock_timeout', '30s'],
    ['statement_timeout', '60s'],
    ['idle_in_transaction_session_timeout', '60s'],
  ],
  queryTimeoutMs: 75_000,
};

/** For migrations: an index on a large table takes as long as it takes, and other processes wait for it to finish. */
export const MIGRATION_LIMITS: ConnectionLimits = {
  settings: [
    ['lock_timeout', '0'],
    ['statement_timeout', '0'],
    ['idle_in_transaction_session_timeout', '0'],
  ],
  queryTimeoutMs: 0,
};

/**
 * Applies settings to a new connection in one statement, before its first use. They are not sent as startup parameters,
 * because PgBouncer refuses a connection that has any it does not know.
 */
export async function applySettings(client: PoolClient, settings: readonly ConnectionSetting[]): Promise<void> {
  const calls = settings.map((_setting, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`);
  await client.query(`select ${calls.join(', ')}`, settings.flat());
}
