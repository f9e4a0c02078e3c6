import { READ_ONLY_TRANSACTION, TOO_MANY_CONNECTIONS } from './error-code.js';
import type { UnavailabilityReason } from './unavailable-error.js';

/**
 * Connection exceptions, shutdown and startup, and a standby that accepts no writes.
 * @see PostgreSQL, appendix A: error codes
 */
const UNREACHABLE = /^(08...|57P..|25006)$/;
/** Insufficient resources, and time-outs of locks, statements and idle transactions. */
const OVERLOADED = /^(53...|55P03|57014|25P0[34])$/;
/** The message of PgBouncer, which has the code of a protocol violation. */
const POOLER_IS_FULL = 'no more connections allowed';
/** The server closes the connection after these errors. */
const CONNECTION_ENDED = /^(08...|57P..|25P0[34])$/;
/** How a statement begins whose transaction has its own time limit: exceeding it says nothing about the database. */
export const TIME_LIMITED = '/* time-limited */';
export const QUERY_CANCELED = '57014';

const TRANSACTION_CONTROL = /^\s*(begin|start|commit|end|rollback|abort|savepoint|release)\b/i;

/** Errors of the driver that indicate incorrect use. */
const PROGRAMMING_ERRORS = [TypeError, RangeError, SyntaxError];

/** Why the database is unavailable; `undefined` if the statement itself caused the failure. */
export function unavailabilityOf(error: Error, text = ''): UnavailabilityReason | undefined {
  const state = sqlStateOf(error);
  if (state === QUERY_CANCELED && text.startsWith(TIME_LIMITED)) return undefined;
  if (state === undefined) return PROGRAMMING_ERRORS.some((type) => error instanceof type) ? undefined : 'unreachable';
  if (isFull(error)) return 'overloaded';
  if (UNREACHABLE.test(state)) return 'unreachable';
  return OVERLOADED.test(state) ? 'overloaded' : undefined;
}

/** Whether the server, or a pooler in front of it, accepts no further connection. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return sqlStateOf(error) === TOO_MANY_CONNECTIONS || error.message.startsWith(POOLER_IS_FULL);
}

/** Whether the server refused a write because it is a standby, or was made read-only. */
export function isReadOnlyFailure(error: Error): boolean {
  return sqlStateOf(error) === READ_ONLY_TRANSACTION;
}

/**
 * Whether the state of a connection is unknown: its statement was abandoned, the connection was lost, or a transaction
 * failed to begin or end.
 */
export function leavesConnectionUnknown(error: Error, text: string): boolean {
  const state = sqlStateOf(error);
  return state === undefined || CONNECTION_ENDED.test(state) || controlsTransaction(text);
}

/** Whether a statement, or the first of several, begins or ends a transaction or a part of one. */
export function controlsTransaction(text: string): boolean {
  return TRANSACTION_CONTROL.test(text);
}

/** The SQLSTATE of an error from the server; `undefined` for an error of the driver. */
function sqlStateOf(error: Error): string | undefined {
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  return typeof severity === 'string' && typeof code === 'string' ? code : undefined;
}
