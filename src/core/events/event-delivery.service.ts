import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent, EventClasses } from './domain-event.js';
import type { Logger } from '../../platform/logger.js';
import { isPermanent } from '../../platform/jobs/permanent-failure.js';
import { isDatabaseUnavailable } from '../../platform/database/unavailable-error.js';
import type { JobQueue, QueueSettings } from '../../platform/jobs/job-queue.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { EventBus } from './event-bus.js';
import type { OutboxRepository } from './outbox.repository.js';
import type { RecordedEvent } from './recorded-event.js';

const BATCH = 100;
const QUEUE = 'auth-events';
const PARKED = 'auth-events-parked';
const DAY_SECONDS = 24 * 60 * 60;

/** Retries for about a day, at intervals from one second to one hour. */
export const EVENT_QUEUES: readonly QueueSettings[] = [
  { name: PARKED, retentionSeconds: 90 * DAY_SECONDS },
  {
    name: QUEUE,
    deadLetter: PARKED,
    retryLimit: 30,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 3600,
    expireInSeconds: 300,
    // After this time without a heartbeat, another process takes over the job.
    heartbeatSeconds: 20,
    deleteAfterSeconds: DAY_SECONDS,
  },
];

/** One event for one listener, as stored in the queue. */
interface Delivery {
  readonly listener: string;
  readonly event: Omit<RecordedEvent, 'occurredAt'> & { readonly occurredAt: string };
}

/** Creates the one-time tokens that events carry to their listeners. */
interface DeliveredTokens {
  /** Creates the token of a stored reference. */
  tokenOf(purpose: string, reference: string): string;
  /** Returns when the token expires, or `undefined` if it can no longer be used. */
  usableUntil(purpose: string, token: string): Promise<Date | undefined>;
}

export interface EventDeliveryDependencies {
  readonly bus: EventBus;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly jobs: JobQueue;
  readonly classes: EventClasses;
  readonly deliveredTokens: DeliveredTokens;
  readonly logger: Logger;
  /** The interval between two reads of the outbox. */
  readonly intervalMs: number;
}

/** Delivers events from the outbox to their listeners. */
export class EventDeliveryService {
  private readonly stopping = new AbortController();
  private relaying: Promise<void> | undefined;

  constructor(private readonly deps: EventDeliveryDependencies) {}

  async start(): Promise<void> {
    await this.deps.jobs.work(QUEUE, (delivery) => this.deliver(delivery as Delivery));
    this.relaying = this.relayUntilStopped();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.relaying;
  }

  /** Lists the deliveries whose last retry has failed. */
  async listParked(): Promise<{ listener: string; eventId: string; eventName: string; since: Date }[]> {
    const parked = await this.deps.jobs.list(PARKED);
    return parked.map(({ data, since }) => {
      const { listener, event } = data as Delivery;
      return { listener, eventId: event.id, eventName: event.name, since };
    });
  }

  /** Retries every parked delivery, and returns their number. */
  async replayParked(): Promise<number> {
    return this.deps.jobs.redrive(PARKED);
  }

  private async relayUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const taken = await this.relay();
      if (taken < BATCH) await delay(this.deps.intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Moves events from the outbox to the queue in one transaction, so that none is lost or duplicated. */
  private async relay(): Promise<number> {
    const { bus, classes, jobs, logger, outboxRepository, unitOfWork } = this.deps;
    try {
      const events = await unitOfWork.transaction(async () => {
        const taken = await outboxRepository.take(Object.keys(classes), BATCH);
        const deliveries = taken.flatMap((event) => bus.namesOf(event.name).map((listener) => ({ listener, event })));
        await jobs.insert(
          QUEUE,
          deliveries.map((data) => ({ data })),
        );
        return taken;
      });
      if (events.length > 0) jobs.nudge(QUEUE);
      return events.length;
    } catch (error) {
      // An outage is already logged.
      if (!isDatabaseUnavailable(error))
        logger.error({ error: error instanceof Error ? error.name : typeof error }, 'the outbox could not be read');
      return 0;
    }
  }

  private async deliver({ listener, event }: Delivery): Promise<void> {
    const { bus, logger } = this.deps;
    const listen = bus.find(listener);
    if (!listen) {
      logger.warn({ listener, eventId: event.id }, 'not delivered: the listener no longer exists');
      return;
    }
    try {
      const domainEvent = await this.toDomainEvent(event);
      if (domainEvent) await listen(domainEvent);
      else logger.debug({ listener, eventId: event.id }, 'not delivered: the token can no longer be used');
    } catch (error) {
      const reason = error instanceof Error ? error.name : typeof error;
      const permanent = isPermanent(error);
      const outcome = permanent ? 'a listener failed for good; the delivery is parked' : 'a listener failed';
      if (!isDatabaseUnavailable(error))
        logger.warn({ listener, eventId: event.id, error: reason, ...codesOf(error) }, outcome);
      // The queue stores the error, and the original message could contain anything.
      throw Object.assign(new Error(`${listener} failed with ${reason}`), { permanent });
    }
  }

  /** Returns `undefined` if the event carries a token that can no longer be used. */
  private async toDomainEvent({ id, name, payload, occurredAt }: Delivery['event']): Promise<DomainEvent | undefined> {
    const { classes, deliveredTokens } = this.deps;
    const { tokenReference: reference, ...fields } = payload;
    const Event = classes[name];
    if (!Event) throw new TypeError(`${name} is not an event of this subgraph`);
    const known = { ...fields, eventId: id, occurredAt: new Date(occurredAt) };
    const purpose = Event.tokenPurpose;
    if (purpose === undefined || typeof reference !== 'string') return new Event(known);
    // The token is derived here, from the id of its row, and only the listener receives it.
    const token = deliveredTokens.tokenOf(purpose, reference);
    const expiresAt = await deliveredTokens.usableUntil(purpose, token);
    return expiresAt && new Event({ ...known, token, expiresAt });
  }
}

/** The codes of an error for operators, such as `ECONNREFUSED` or the 550 of a mail server, but not its message. */
function codesOf(error: unknown): { code?: string; responseCode?: number } {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return {
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
    ...(typeof responseCode === 'number' && { responseCode }),
  };
}
