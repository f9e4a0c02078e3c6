import type { ClientBase, QueryConfig } from 'pg';

/** The name and value of a PostgreSQL setting. */
export type ConnectionSetting = readonly [name: string, value: string];

/**
 * Settings that the service relies on. They are set on every connection, because the defaults of the server, database
 * or role may differ. `search_path` is left out on purpose: it is the operator's choice.
 */
export const CONNECTION_SETTINGS: readonly ConnectionSetting[] = [
  // Instants arrive as text, and only the ISO style can be parsed unambiguously.
  ['DateStyle', 'ISO, MDY'],
  ['IntervalStyle', 'postgres'],
  // An offset in whole hours and minutes can be parsed; some zones historically had seconds in theirs.
  ['TimeZone', 'UTC'],
  ['client_encoding', 'UTF8'],
  // The job queue writes literals that contain JSON.
  ['standard_conforming_strings', 'on'],
  ['bytea_output', 'hex'],
  // Otherwise a NULL in the literal of an array means the text NULL.
  ['array_nulls', 'on'],
  // Keeps floats exact.
  ['extra_float_digits', '1'],
  // A conditional update that loses a race must see the winner's row instead of failing.
  ['default_transaction_isolation', 'read committed'],
  // The pool closes idle connections. If the server closed one, a request could fail.
  ['idle_session_timeout', '0'],
];

/** Time limits for the statements of a connection. */
export interface ConnectionLimits {
  readonly settings: readonly ConnectionSetting[];
  /** How long the driver waits for a response, in milliseconds; 0 disables the limit. */
  readonly queryTimeoutMs: number;
  /**
   * When the pool closes a connection that nobody uses, in milliseconds.
   * @default 10000
   */
  readonly idleTimeoutMs?: number;
}

/**
 * Limits for requests. The server gives up before the driver does; otherwise a statement could still take effect after
 * the client was told that it failed.
 */
export const REQUEST_LIMITS: ConnectionLimits = {
  settings: [
    // A transaction that holds a lock for longer is stuck, and waiting for it would exhaust the pool.
    ['lock_timeout', '5s'],
    ['statement_timeout', '10s'],
    // Transactions only write and never wait for anything else. This releases the locks of a paused process.
    ['idle_in_transaction_session_timeout', '30s'],
    // The plans are lookups by key, whatever the values. The server would otherwise plan every single lookup again, because
    // it overestimates the number of rows in a list.
    ['plan_cache_mode', 'force_generic_plan'],
  ],
  queryTimeoutMs: 15_000,
};

/** Limits for the job queue and housekeeping, which scan whole tables while no client waits. */
export const BACKGROUND_LIMITS: ConnectionLimits = {
  settings: [
    ['lock_timeout', '30s'],
    ['statement_timeout', '60s'],
    ['idle_in_transaction_session_timeout', '60s'],
  ],
  queryTimeoutMs: 75_000,
  // A connection costs more statements than the maintenance of an idle queue, which runs once a minute.
  idleTimeoutMs: 180_000,
};

/** Limits for counting calls: a late count is useless. */
export const COUNTER_LIMITS: ConnectionLimits = {
  settings: [
    ['lock_timeout', '500ms'],
    ['statement_timeout', '1s'],
    ['idle_in_transaction_session_timeout', '30s'],
  ],
  queryTimeoutMs: 2_000,
};

/** Limits for migrations: an index on a large table can take long, and other processes wait for it to finish. */
export const MIGRATION_LIMITS: ConnectionLimits = {
  settings: [
    ['lock_timeout', '0'],
    ['statement_timeout', '0'],
    ['idle_in_transaction_session_timeout', '0'],
  ],
  queryTimeoutMs: 0,
};

const PREPARATION_TIMEOUT_MS = 5_000;

/** New in PostgreSQL 17; older servers do not know it. */
const WITHOUT_TRANSACTION_TIMEOUT = `select set_config('transaction_timeout', '0', false)
  where current_setting('transaction_timeout', true) is not null`;

/**
 * Prepares a new connection before its first use, in one round trip. Startup parameters are not an option, because
 * PgBouncer rejects connections with parameters that it does not know.
 */
export async function applyConnectionSettings(client: ClientBase, limits: ConnectionLimits): Promise<void> {
  // Limits come first: the role's limits may be too short for the other settings.
  const settings = [...limits.settings, ...CONNECTION_SETTINGS].map(([name, value]) => `set ${name} to '${value}'`);
  const text = [...settings, WITHOUT_TRANSACTION_TIMEOUT].join(';\n');
  // The pool's own time-out covers establishing a connection, but not preparing it.
  await client.query({ text, query_timeout: PREPARATION_TIMEOUT_MS } as QueryConfig);
}
