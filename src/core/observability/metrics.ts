export interface MeasuredEvent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The codes of errors that are not the fault of the request. */
export const FAILURE_CODES = ['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE'] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Counts what happens in this process, in memory. Labels come from the schema and from code, never from a request. */
export interface Metrics {
  /** Returns what counts the results of a root field: the type of the result, or the code of the error. */
  operation(field: string): { count(outcome: string, seconds: number): void };
  /** A statement ended. The time includes the wait for a connection. */
  statement(name: string, seconds: number): void;
  /** A password was compared with a hash. */
  verification(algorithm: string, outcome: 'correct' | 'wrong'): void;
  /** A password was hashed or compared, including the wait for a processor. */
  hashed(seconds: number): void;
  /** Too many passwords were waiting. */
  passwordRefused(): void;
  /** This process took events from the outbox. */
  recorded(events: readonly MeasuredEvent[]): void;
  /** A refresh token was presented again within its grace period. */
  repeatedRefresh(): void;
  email(kind: string, outcome: 'sent' | 'failed'): void;
  /** A response has an error that is not the fault of the request, in a root field or below. */
  error(code: FailureCode): void;
  /** A new password was accepted without the check against breaches. */
  breachCheckFailed(): void;
  /** A run of the housekeeping failed, at least in part, or was skipped. */
  housekeepingFailed(): void;
}

const nothing = (): void => undefined;

export const NO_METRICS: Metrics = {
  operation: () => ({ count: nothing }),
  statement: nothing,
  verification: nothing,
  hashed: nothing,
  passwordRefused: nothing,
  recorded: nothing,
  repeatedRefresh: nothing,
  email: nothing,
  error: nothing,
  breachCheckFailed: nothing,
  housekeepingFailed: nothing,
};
