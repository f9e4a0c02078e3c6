import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { READ_ONLY_TRANSACTION } from './error-code.js';
import type { DatabaseUnavailableError } from './unavailable-error.js';

/**
 * An overloaded or read-only database executes some statements but not others. It has recovered once all of them succeed
 * for this long.
 */
const PARTIAL_QUIET_MS = 30_000;

interface Outage {
  readonly since: Date;
  readonly last: Date;
  readonly isPartial: boolean;
  /** Those that have been logged. */
  readonly causes: Set<string>;
}

/**
 * Logs the beginning, the end and each cause of a database outage once, however many statements fail in between. A second
 * cause may not end with the first one.
 */
export class OutageLog {
  private failures = 0;
  private successes = 0;
  private outage: Outage | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Taken when a statement is sent, so that its result is not attributed to a later one. */
  get mark(): number {
    return this.failures;
  }

  /** Taken when a connection is requested, so that an old failure is not attributed to a new outage. */
  get answers(): number {
    return this.successes;
  }

  failed({ reason, code, message }: DatabaseUnavailableError): void {
    const now = this.clock.now();
    const isPartial = reason === 'overloaded' || code === READ_ONLY_TRANSACTION;
    this.failures += 1;
    const { since, causes } = this.outage ?? { since: now, causes: new Set<string>() };
    const cause = `${reason} ${String(code)}`;
    const text =
      causes.size === 0 ? 'the database is unavailable' : 'the database is still unavailable, for another reason';
    if (!causes.has(cause)) this.logger.error({ reason, code, problem: message }, text);
    causes.add(cause);
    this.outage = { since, last: now, isPartial, causes };
  }

  /** Logs that the server accepts no further connection, so that a pool uses fewer than it may. */
  limited(poolSize: number): void {
    this.logger.warn({ poolSize }, 'the database accepts no further connections');
  }

  /** Records the success of a statement that was sent when `mark` was taken. */
  succeeded(mark: number): void {
    this.successes += 1;
    if (!this.outage || mark !== this.failures) return;
    const { since, last, isPartial } = this.outage;
    const now = this.clock.now();
    if (isPartial && now.getTime() - last.getTime() < PARTIAL_QUIET_MS) return;
    this.outage = undefined;
    const end = isPartial ? last : now;
    const seconds = Math.round((end.getTime() - since.getTime()) / 1000);
    // The same level as the first message, so that whoever saw that one also sees this one.
    this.logger.warn({ seconds }, 'the database is available again');
  }
}
