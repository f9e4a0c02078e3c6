import { setTimeout as delay } from 'node:timers/promises';
import { codesOf, nameOf } from '../../platform/error-codes.js';
import { isDatabaseUnavailable } from '../../platform/database/unavailable-error.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { JobQueue } from '../../platform/jobs/job-queue.js';
import type { Logger } from '../../platform/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { EventClasses } from './domain-event.js';
import type { EventBus } from './event-bus.js';
import type { Delivery } from './event-delivery.service.js';
import { DELIVERY_QUEUES } from './event-queues.js';
import type { EventSignal } from './event-signal.js';
import type { OutboxRepository } from './outbox.repository.js';
import type { RecordedEvent } from './recorded-event.js';
import type { SecurityLog } from './security-log.js';
import type { SecurityTrail } from './security-trail.js';

const BATCH = 500;
/** How often the outbox is read without a signal: events of other processes are delivered within a second. */
const INTERVAL_MS = 900;
/** Collects the events of requests that end at about the same time. */
const COLLECT_MS = 50;
/** While events keep coming, they are relayed at this interval, because each time costs several statements. */
const BUSY_INTERVAL_MS = 250;
/** How many times in a row events are relayed sooner. A registration causes a few events that follow from each other. */
const SOONER = 4;

export interface EventRelayDependencies {
  readonly bus: EventBus;
  readonly eventSignal: EventSignal;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly jobs: JobQueue;
  readonly eventClasses: EventClasses;
  readonly securityLog: SecurityLog;
  readonly metrics: Metrics;
  readonly securityTrail: SecurityTrail;
  readonly logger: Logger;
}

/**
 * Logs the events of the outbox, writes the audit trail, and moves them to the job queue, one job for each listener that
 * wants the event.
 */
export class EventRelayService {
  private relaying: Promise<void> | undefined;
  private sleeping = new AbortController();
  private isPaused = false;
  private isSignalled = false;
  private isStopping = false;
  /** When events would be relayed if each time came a busy interval after the last one. */
  private dueAt = 0;

  constructor(private readonly deps: EventRelayDependencies) {
    deps.eventSignal.onCommitted(() => {
      this.isSignalled = true;
      if (this.isPaused) this.sleeping.abort();
    });
  }

  /** A second call changes nothing. */
  start(): void {
    this.relaying ??= this.relayUntilStopped();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.sleeping.abort();
    await this.relaying;
  }

  private async relayUntilStopped(): Promise<void> {
    while (!this.isStopping) {
      this.isSignalled = false;
      const outcome = await this.tryToRelay();
      if (outcome === 'failed') await this.sleep(INTERVAL_MS);
      if (outcome === 'done') await this.pause();
    }
  }

  /** Waits for the signal, but not longer than the interval. A signal that came while the relay worked counts. */
  private async pause(): Promise<void> {
    this.isPaused = true;
    if (!this.isSignalled) await this.sleep(INTERVAL_MS);
    this.isPaused = false;
    if (this.isSignalled) await this.collect();
  }

  private async collect(): Promise<void> {
    const now = performance.now();
    this.dueAt = Math.max(this.dueAt, now) + BUSY_INTERVAL_MS;
    await this.sleep(Math.max(COLLECT_MS, this.dueAt - now - SOONER * BUSY_INTERVAL_MS));
  }

  private async sleep(ms: number): Promise<void> {
    if (this.isStopping) return;
    this.sleeping = new AbortController();
    await delay(ms, undefined, { signal: this.sleeping.signal }).catch(() => undefined);
  }

  private async tryToRelay(): Promise<'done' | 'more' | 'failed'> {
    const { logger } = this.deps;
    try {
      return (await this.relay()) ? 'more' : 'done';
    } catch (error) {
      // An outage is already logged.
      if (!isDatabaseUnavailable(error))
        logger.error({ error: nameOf(error), ...codesOf(error) }, 'the outbox could not be read');
      return 'failed';
    }
  }

  /** Returns whether more events are waiting. */
  private async relay(): Promise<boolean> {
    const { bus, eventClasses, jobs, metrics, outboxRepository, securityLog } = this.deps;
    const names = Object.keys(eventClasses);
    const { events, dueQueues } = await outboxRepository.findPending(names, BATCH, await jobs.due(DELIVERY_QUEUES));
    const deliveries: Delivery[] = events.flatMap((event) =>
      bus.namesOf(event.name).flatMap((listener) => (bus.isWanted(listener, event) ? [{ listener, event }] : [])),
    );
    const taken = events.length > 0 ? await this.take(events, deliveries) : new Set<string>();
    const removed = events.filter(({ id }) => taken.has(id));
    securityLog.write(removed);
    metrics.recorded(removed);
    for (const queue of new Set([...dueQueues, ...deliveries.map(({ listener }) => bus.queueOf(listener))]))
      jobs.nudge(queue);
    // If another process is moving these events, do not retry at once.
    return events.length === BATCH && taken.size > 0;
  }

  /**
   * Moves events to the audit trail and queues their deliveries in one transaction, so that none is lost or duplicated.
   * Returns the ids of the events that this process moved.
   */
  private async take(events: readonly RecordedEvent[], deliveries: readonly Delivery[]): Promise<ReadonlySet<string>> {
    const { bus, jobs, outboxRepository, securityTrail, unitOfWork } = this.deps;
    const ids = events.map(({ id }) => id);
    const trail = securityTrail.entriesOf(events);
    if (deliveries.length === 0) return outboxRepository.take(ids, trail);
    return unitOfWork.transaction(async () => {
      const taken = await outboxRepository.take(ids, trail);
      const own = deliveries.filter(({ event }) => taken.has(event.id));
      for (const [queue, data] of Map.groupBy(own, ({ listener }) => bus.queueOf(listener)))
        await jobs.insert(
          queue,
          data.map((delivery) => ({ data: delivery })),
        );
      return taken;
    });
  }
}
