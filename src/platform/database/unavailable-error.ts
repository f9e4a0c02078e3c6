/** Why the database is unavailable: it is unreachable, does not accept writes, or is overloaded. */
export type UnavailabilityReason = 'unreachable' | 'overloaded';

/** The message for clients, which can only wait. */
export const UNAVAILABLE_MESSAGE = 'The service is temporarily unavailable. Try again later.';
export const RETRY_AFTER_SECONDS = 5;

const NAME = 'DatabaseUnavailableError';

/**
 * The database is unreachable or timed out. The request itself is fine and may succeed later. Keeps the message and the
 * code of its cause, for operators only.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = NAME;
  /** A SQLSTATE or an operating system error code. */
  readonly code: string | undefined;

  constructor(
    readonly reason: UnavailabilityReason,
    cause: Error,
  ) {
    // A host name with several addresses fails once per address.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    super(first instanceof Error ? first.message : cause.message, { cause });
    const { code } = cause as { code?: unknown };
    this.code = typeof code === 'string' ? code : undefined;
  }
}

/** Also recognizes copies: the job queue reports errors as plain objects. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === NAME;
}
