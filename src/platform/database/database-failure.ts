import type { UnavailabilityReason } from './unavailable-error.js';

/**
 * Connection exceptions, shutdown and start-up, and a standby that takes no writes.
 * @see PostgreSQL, appendix A: error codes
 */
const UNREACHABLE = /^(08...|57P..|25006)$/;
/** Resources used up, a lock or a statement that took too long, and a transaction that was idle for too long. */
const OVERLOADED = /^(53...|55P03|57014|25P0[34])$/;
/** After these the server closes the connection. */
const CONNECTION_ENDED = /^(08...|57P..|25P0[34])$/;
const TRANSACTION_CONTROL = /^\s*(begin|start|commit|end|rollback|abort|savepoint|release)\b/i;

/** What the driver throws if it is used incorrectly. */
const PROGRAMMING_ERRORS = [TypeError, RangeError, SyntaxError];

/** Whether a failure means that the database is unavailable, and why; `undefined` if the statement itself is at fault. */
export function unavailabilityOf(error: Error): UnavailabilityReason | undefined {
  const state = sqlStateOf(error);
  if (state === undefined) return PROGRAMMING_ERRORS.some((type) => error instanceof type) ? undefined : 'unreachable';
  if (UNREACHABLE.test(state)) return 'unreachable';
  return OVERLOADED.test(state) ? 'overloaded' : undefined;
}

/**
 * Whether a connection is in an unknown state: its statement was abandoned, the connection was lost, or a transaction
 * did not begin or end as it should.
 */
export function leavesConnectionUnknown(error: Error, text: string): boolean {
  const state = sqlStateOf(error);
  return state === undefined || CONNECTION_ENDED.test(state) || TRANSACTION_CONTROL.test(text);
}

/** The SQLSTATE of an error that the server sent; `undefined` for one that the driver made. */
function sqlStateOf(error: Error): string | undefined {
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  return typeof severity === 'string' && typeof code === 'string' ? code : undefined;
}
