import type { ClientBase } from 'pg';

/**
 * What the service relies on of a connection. Each one states it, because a server, a database or a role may have any
 * other value as its default. `search_path` is missing on purpose: that one is the operator's choice.
 */
export const CONNECTION_SETTINGS: readonly (readonly [name: string, value: string])[] = [
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

/** New in PostgreSQL 17, so an older server must not be asked to set it. */
const WITHOUT_TRANSACTION_TIMEOUT = `select set_config('transaction_timeout', '0', false)
  where current_setting('transaction_timeout', true) is not null`;

const STATEMENTS = [
  ...CONNECTION_SETTINGS.map(([name, value]) => `set ${name} to '${value}'`),
  WITHOUT_TRANSACTION_TIMEOUT,
].join(';\n');

/**
 * Prepares a new connection before its first use, in one round trip. Statements and not start-up parameters, which a
 * PgBouncer refuses.
 */
export async function applyConnectionSettings(client: ClientBase): Promise<void> {
  await client.query(STATEMENTS);
}
