import { setTimeout as delay } from 'node:timers/promises';
import { unavailabilityOf } from './database-failure.js';
import type { OutageLog } from './outage-log.js';
import { DatabaseUnavailableError } from './unavailable-error.js';

/** How long a probe may take until the database counts as not responding. */
const SUSPICION_MS = 2_000;
/** Shorter, because a probe that was sent before the database recovered may never be answered. */
const RECOVERY_MS = 1_000;
/** How long every fourth probe may take: a distant database may need more than a second for a new connection. */
const PATIENT_MS = 5_000;
const PATIENT_EVERY = 4;
/** The pause between two probes. */
const PAUSE_MS = 250;
/** Until a standby is promoted, every write fails, and each would replace the connections again. */
const RENEWAL_INTERVAL_MS = 1_000;

/** Sends one statement to the database. */
export type Probe = (timeoutMs: number) => Promise<void>;

/** A pool of connections to the database. */
export interface BreakerMember {
  /**
   * Whether it has connections, or is about to have some: their statements may succeed even if no new connection can be
   * established.
   */
  hasConnections(): boolean;
  /** Called when the database does not respond. Refuses the requests that wait for a connection. */
  opened(error: DatabaseUnavailableError): void;
  /** Replaces the connections. They may be dead, or lead to a server that is no longer the primary. */
  renew(): void;
}

/**
 * Refuses requests while the database does not respond, so that none waits for a time-out. Meanwhile, one probe at a time
 * checks whether it responds again.
 */
export class CircuitBreaker {
  private failure: DatabaseUnavailableError | undefined;
  private isProbing = false;
  private readonly stopping = new AbortController();
  private readonly members: BreakerMember[] = [];
  private probe: Probe | undefined;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private nextRenewal: NodeJS.Timeout | undefined;

  constructor(private readonly outages: OutageLog) {}

  join(member: BreakerMember, probe: Probe): void {
    this.members.push(member);
    this.probe ??= probe;
  }

  /** @throws DatabaseUnavailableError the database does not respond */
  pass(): void {
    if (this.failure) throw new DatabaseUnavailableError(this.failure.reason, this.failure);
  }

  /** Probes the database, and opens if it does not respond. */
  suspect(): void {
    if (this.isProbing || this.hasStopped()) return;
    this.isProbing = true;
    void this.probeUntilAnswered().finally(() => {
      this.isProbing = false;
    });
  }

  /** Replaces all connections, because the server accepts no writes. New ones may lead to another server. */
  renew(): void {
    const waitMs = this.renewedAt + RENEWAL_INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.renewNow();
    // The address may have led to the former server until now.
    else this.nextRenewal ??= setTimeout(() => this.renewNow(), waitMs).unref();
  }

  stop(): void {
    this.stopping.abort();
    clearTimeout(this.nextRenewal);
  }

  private renewNow(): void {
    clearTimeout(this.nextRenewal);
    this.nextRenewal = undefined;
    this.renewedAt = performance.now();
    for (const member of this.members) member.renew();
  }

  private hasStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async probeUntilAnswered(): Promise<void> {
    for (let probes = 1; !this.hasStopped(); probes += 1) {
      const { mark, answers } = this.outages;
      const recoveryMs = probes % PATIENT_EVERY === 0 ? PATIENT_MS : RECOVERY_MS;
      const error = await this.failureOf(this.failure ? recoveryMs : SUSPICION_MS);
      if (this.hasStopped()) return;
      if (!error) {
        this.outages.succeeded(mark);
        this.close();
        return;
      }
      if (!this.failure) {
        if (this.outages.answers !== answers || this.isMerelyFull(error)) return;
        this.open(error);
      }
      await delay(PAUSE_MS, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async failureOf(timeoutMs: number): Promise<DatabaseUnavailableError | undefined> {
    try {
      await this.probe?.(timeoutMs);
      return undefined;
    } catch (error) {
      return new DatabaseUnavailableError(unavailabilityOf(error as Error) ?? 'unreachable', error as Error);
    }
  }

  /** A server without free connections still executes the statements of those that it has. */
  private isMerelyFull({ reason }: DatabaseUnavailableError): boolean {
    return reason === 'overloaded' && this.members.some((member) => member.hasConnections());
  }

  private open(failure: DatabaseUnavailableError): void {
    this.failure = failure;
    this.outages.failed(failure);
    for (const member of this.members) member.opened(failure);
  }

  private close(): void {
    if (!this.failure) return;
    this.failure = undefined;
    for (const member of this.members) member.renew();
  }
}
