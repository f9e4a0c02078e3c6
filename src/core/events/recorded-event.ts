import type { Clock } from '../../platform/clock.js';
import type { Tracing } from '../observability/tracing.js';
import { SYSTEM_ORIGIN, type EventOrigin, type EventOrigins } from './event-origin.js';
import type { EventSignal } from './event-signal.js';
import type { DomainEvent, EventClass, EventClasses, EventFields } from './domain-event.js';
import { uuidV7, type Random } from '../../platform/random.js';

/** An event in the outbox: without a token, because no usable token is ever stored. */
export interface RecordedEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
  /** Null if an earlier release has recorded the event. */
  readonly origin: RecordedOrigin | null;
}

/** Who caused an event and from where, and what the audit trail does with it. */
export interface RecordedOrigin extends EventOrigin {
  /** `false` keeps this event out of the audit trail, although its class is in the trail. */
  readonly isTrailed?: false;
  /** The trace in which the event was recorded, if there is one. @see W3C Trace Context §3.2 */
  readonly traceparent?: string;
}

/**
 * The fields of an event for its class, and apart from them the reference of its token, if it has one. They are a copy:
 * what a filter or listener changes does not reach the audit trail, the log or another listener.
 */
export function unpack({ id, payload, occurredAt, origin }: RecordedEvent): {
  fields: object;
  tokenReference: unknown;
} {
  const { tokenReference, ...fields } = structuredClone(payload);
  // A job that an earlier release has queued has no origin.
  const { actor } = (origin as RecordedOrigin | null | undefined) ?? SYSTEM_ORIGIN;
  const own = { eventId: id, occurredAt: new Date(occurredAt), actor: { ...actor } };
  return { fields: { ...fields, ...own }, tokenReference };
}

/** The stored fields of an event. A token is derived from the id of its row and a key at delivery. */
type StoredFields<Event extends DomainEvent> =
  EventFields<Event> extends { token: string }
    ? Omit<EventFields<Event>, 'token' | 'expiresAt'> & { tokenReference: string }
    : EventFields<Event>;

export interface EventRecorderDependencies {
  /** All events that may be recorded. */
  readonly eventClasses: EventClasses;
  readonly eventOrigins: EventOrigins;
  readonly eventSignal: EventSignal;
  readonly tracing: Tracing;
}

/** Creates events for the outbox. */
export class EventRecorder {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly deps: EventRecorderDependencies,
  ) {}

  /**
   * Creates an event.
   * @param by what is known of its origin, if it differs from that of the running work
   */
  record<Event extends DomainEvent>(
    type: EventClass<Event>,
    payload: StoredFields<Event>,
    by?: Partial<RecordedOrigin>,
  ): RecordedEvent {
    const { eventClasses, eventOrigins, eventSignal, tracing } = this.deps;
    if (eventClasses[type.name] !== type) throw new TypeError(`${type.name} is not an event of this subgraph`);
    const occurredAt = this.clock.now();
    eventSignal.noteRecorded();
    const traceparent = tracing.current();
    return {
      id: uuidV7(occurredAt, this.random),
      name: type.name,
      payload: { ...payload },
      occurredAt,
      origin: { ...eventOrigins.current, ...by, ...(traceparent !== undefined && { traceparent }) },
    };
  }
}
