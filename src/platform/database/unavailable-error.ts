/** Why the database is unavailable: it cannot be reached or takes no writes, or it cannot keep up. */
export type UnavailabilityReason = 'unreachable' | 'overloaded';

/** What a client reads; all it can do is wait. */
export const UNAVAILABLE_MESSAGE = 'The service is temporarily unavailable. Try again later.';
export const RETRY_AFTER_SECONDS = 5;

const NAME = 'DatabaseUnavailableError';

/**
 * The database is unreachable, or gave up for lack of time. Nothing is wrong with the request, which may succeed later.
 * Keeps the message and the code of its cause, for operators only.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = NAME;
  /** A SQLSTATE or a code of the operating system. */
  readonly code: string | undefined;

  constructor(
    readonly reason: UnavailabilityReason,
    cause: Error,
  ) {
    // A host name with several addresses fails once for each.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    super(first instanceof Error ? first.message : cause.message, { cause });
    const { code } = cause as { code?: unknown };
    this.code = typeof code === 'string' ? code : undefined;
  }
}

/** Also recognizes a copy: the job queue reports errors as plain objects. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === NAME;
}
