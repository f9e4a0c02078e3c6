import type { DomainEvent, EventClasses } from './domain-event.js';
import { codesOf, nameOf } from '../../platform/error-codes.js';
import type { Logger } from '../../platform/logger.js';
import { isPermanent } from '../../platform/jobs/permanent-failure.js';
import { isDatabaseUnavailable } from '../../platform/database/unavailable-error.js';
import type { JobQueue } from '../../platform/jobs/job-queue.js';
import type { Tracing } from '../observability/tracing.js';
import type { EventBus, EventListener } from './event-bus.js';
import { SYSTEM_ORIGIN, type EventOrigins } from './event-origin.js';
import { DELIVERY_QUEUES, PARKED } from './event-queues.js';
import type { EventSignal } from './event-signal.js';
import { unpack, type RecordedEvent } from './recorded-event.js';

/** Small batches, because each may hold connections and mail servers limit how many emails they accept at once. */
const WORK = { workers: 4, batchSize: 5 };

/** One event for one listener. */
export interface Delivery {
  readonly listener: string;
  readonly event: RecordedEvent;
}

/** A delivery whose last retry has failed. */
interface ParkedDelivery {
  readonly listener: string;
  readonly eventId: string;
  readonly eventName: string;
  /** When it was parked. */
  readonly since: Date;
  /** The name and the codes of the last error, such as `MailDeliveryError EENVELOPE 550`. */
  readonly error: string | undefined;
}

/** Derives the one-time tokens that events carry to their listeners. */
interface DeliveredTokens {
  /** Derives the token of a stored reference; returns `undefined` if it can no longer be used. */
  deriveUsable(
    purpose: string,
    reference: string,
  ): Promise<{ readonly token: string; readonly expiresAt: Date } | undefined>;
}

export interface EventDeliveryDependencies {
  readonly bus: EventBus;
  readonly eventOrigins: EventOrigins;
  readonly eventSignal: EventSignal;
  readonly jobs: JobQueue;
  readonly eventClasses: EventClasses;
  readonly oneTimeTokenService: DeliveredTokens;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/** Delivers events from the queue to their listeners. */
export class EventDeliveryService {
  constructor(private readonly deps: EventDeliveryDependencies) {}

  async start(): Promise<void> {
    const { eventSignal, jobs } = this.deps;
    for (const queue of DELIVERY_QUEUES)
      await jobs.work(queue, WORK, (data) => {
        const { listener, event } = data as Delivery;
        // The queue stores instants as text. A listener may record events itself.
        const delivery = { listener, event: { ...event, occurredAt: new Date(event.occurredAt) } };
        return eventSignal.after(() => this.deliver(delivery));
      });
  }

  /** Lists the deliveries whose last retry has failed. */
  async listParked(): Promise<ParkedDelivery[]> {
    const parked = await this.deps.jobs.list(PARKED);
    return parked.map(({ data, since, lastError }) => {
      const { listener, event } = data as Delivery;
      return { listener, eventId: event.id, eventName: event.name, since, error: messageOf(lastError) };
    });
  }

  /** Returns the number of deliveries whose last retry has failed. */
  async countParked(): Promise<number> {
    return this.deps.jobs.backlog.count(PARKED);
  }

  /** Returns the number of deliveries that have failed and will be retried. */
  async countRetries(): Promise<number> {
    return this.deps.jobs.backlog.countRetries(DELIVERY_QUEUES);
  }

  /** How long the oldest delivery that is due has waited, in seconds; 0 if none is due. */
  async oldestDueSeconds(): Promise<number> {
    return this.deps.jobs.backlog.oldestDueSeconds(DELIVERY_QUEUES);
  }

  /** Retries parked deliveries, all or those of these events, and returns their number. */
  async replayParked(eventIds?: readonly string[]): Promise<number> {
    const { jobs } = this.deps;
    return this.withParked((ids) => jobs.redrive(PARKED, ids), eventIds);
  }

  /** Deletes parked deliveries, all or those of these events, and returns their number. */
  async discardParked(eventIds?: readonly string[]): Promise<number> {
    const { jobs } = this.deps;
    return this.withParked((ids) => jobs.discard(PARKED, ids), eventIds);
  }

  /** @param work treats all parked deliveries, or those with these ids, and returns their number */
  private async withParked(
    work: (ids?: readonly string[]) => Promise<number>,
    eventIds?: readonly string[],
  ): Promise<number> {
    if (eventIds === undefined) return work();
    if (!Array.isArray(eventIds) || !eventIds.every((id) => typeof id === 'string'))
      throw new TypeError('the ids of events must be a list of strings');
    let count = 0;
    for (const id of eventIds) {
      const chosen = await this.deps.jobs.list(PARKED, { event: { id: id.toLowerCase() } });
      const ids = chosen.map((job) => job.id);
      if (ids.length > 0) count += await work(ids);
    }
    return count;
  }

  private async deliver({ listener, event }: Delivery): Promise<void> {
    const { bus, logger, tracing } = this.deps;
    const listen = bus.find(listener);
    if (!listen) {
      // A process of another release may have it.
      logger.warn({ listener, eventId: event.id }, 'not delivered yet: this process does not have the listener');
      throw new Error(`${listener} is not a listener of this process`);
    }
    // Queued before the listener had its filter.
    if (!bus.isWanted(listener, event)) return;
    try {
      const traced = { event: event.name, eventId: event.id, listener, cause: event.origin?.traceparent };
      await tracing.delivery(traced, () => this.callListener(listen, { listener, event }));
    } catch (error) {
      const reason = nameOf(error);
      const permanent = isPermanent(error);
      const outcome = permanent ? 'a listener failed for good; the delivery is parked' : 'a listener failed';
      if (!isDatabaseUnavailable(error))
        logger.warn({ listener, eventId: event.id, error: reason, ...codesOf(error) }, outcome);
      // The queue stores the error, and the original message could contain anything.
      const { code, responseCode } = codesOf(error);
      const cause = [reason, code, responseCode].filter((part) => part !== undefined).join(' ');
      throw Object.assign(new Error(cause), { permanent });
    }
  }

  private async callListener(listen: EventListener<DomainEvent>, { event, listener }: Delivery): Promise<void> {
    const { eventOrigins, logger } = this.deps;
    const domainEvent = await this.toDomainEvent(event);
    if (domainEvent) await eventOrigins.handle(event.origin ?? SYSTEM_ORIGIN, async () => listen(domainEvent));
    else logger.debug({ listener, eventId: event.id }, 'not delivered: the token can no longer be used');
  }

  /** Returns `undefined` if the event carries a token that can no longer be used. */
  private async toDomainEvent(event: RecordedEvent): Promise<DomainEvent | undefined> {
    const { eventClasses, oneTimeTokenService } = this.deps;
    const { fields, tokenReference: reference } = unpack(event);
    const Event = eventClasses[event.name];
    if (!Event) throw new TypeError(`${event.name} is not an event of this subgraph`);
    const purpose = Event.tokenPurpose;
    if (purpose === undefined || typeof reference !== 'string') return new Event(fields);
    // The token is derived here, from the id of its row, and only the listener receives it.
    const usable = await oneTimeTokenService.deriveUsable(purpose, reference);
    return usable && new Event({ ...fields, ...usable });
  }
}

/** The message of a stored error, or of a reason that the queue itself has stored. */
function messageOf(error: unknown): string | undefined {
  const { message, value } = (error ?? {}) as { message?: unknown; value?: { message?: unknown } };
  const text = message ?? value?.message;
  return typeof text === 'string' ? text : undefined;
}
