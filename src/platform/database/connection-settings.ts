import type { ClientBase, QueryConfig } from 'pg';

/** A setting of PostgreSQL and its value. */
export type ConnectionSetting = readonly [name: string, value: string];

/**
 * What the service relies on of a connection. Each one states it, because a server, a database or a role may have any
 * other value as its default. `search_path` is missing on purpose: that one is the operator's choice.
 */
export const CONNECTION_SETTINGS: readonly ConnectionSetting[] = [
  // Instants arrive as text, and only the ISO style can be read back without guessing.
  ['DateStyle', 'ISO, MDY'],
  ['IntervalStyle', 'postgres'],
  // An offset of whole hours and minutes can be parsed; some zones had seconds in theirs.
  ['TimeZone', 'UTC'],
  ['client_encoding', 'UTF8'],
  // The job queue writes literals that hold JSON.
  ['standard_conforming_strings', 'on'],
  ['bytea_output', 'hex'],
  // Floats come back as they were stored.
  ['extra_float_digits', '1'],
  // A conditional update that lost a race has to see the winner's row, and must not fail instead.
  ['default_transaction_isolation', 'read committed'],
  // The pool closes connections that it no longer needs. One that the server closes could fail a request.
  ['idle_session_timeout', '0'],
];

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

const PREPARATION_TIMEOUT_MS = 5_000;

/** New in PostgreSQL 17, so an older server must not be asked to set it. */
const WITHOUT_TRANSACTION_TIMEOUT = `select set_config('transaction_timeout', '0', false)
  where current_setting('transaction_timeout', true) is not null`;

/**
 * Prepares a new connection before its first use, in one round trip. The settings are not sent as startup parameters,
 * because PgBouncer refuses a connection that has any it does not know.
 */
export async function applyConnectionSettings(client: ClientBase, limits: ConnectionLimits): Promise<void> {
  // The limits first: those of the role may be too short for the rest.
  const settings = [...limits.settings, ...CONNECTION_SETTINGS].map(([name, value]) => `set ${name} to '${value}'`);
  const text = [...settings, WITHOUT_TRANSACTION_TIMEOUT].join(';\n');
  // The pool's own time-out ends when the connection is made, and nothing can end one that is being prepared.
  await client.query({ text, query_timeout: PREPARATION_TIMEOUT_MS } as QueryConfig);
}
