import type { Clock } from '../../platform/clock.js';
import type { EventSignal } from './event-signal.js';
import type { DomainEvent, EventClass, EventClasses, EventFields } from './domain-event.js';
import { uuidV7, type Random } from '../../platform/random.js';

/** An event in the outbox: without a token, because no usable token is ever stored. */
export interface RecordedEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
}

/** The fields of an event for its class, and apart from them the reference of its token, if it has one. */
export function unpack({ id, payload, occurredAt }: RecordedEvent): { fields: object; tokenReference: unknown } {
  const { tokenReference, ...fields } = payload;
  return { fields: { ...fields, eventId: id, occurredAt }, tokenReference };
}

/** The stored fields of an event. A token is derived from the id of its row and a key at delivery. */
type StoredFields<Event extends DomainEvent> =
  EventFields<Event> extends { token: string }
    ? Omit<EventFields<Event>, 'token' | 'expiresAt'> & { tokenReference: string }
    : EventFields<Event>;

/** Creates events for the outbox. */
export class EventRecorder {
  /** @param classes all events that may be recorded */
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly classes: EventClasses,
    private readonly signal: EventSignal,
  ) {}

  record<Event extends DomainEvent>(type: EventClass<Event>, payload: StoredFields<Event>): RecordedEvent {
    if (this.classes[type.name] !== type) throw new TypeError(`${type.name} is not an event of this subgraph`);
    const occurredAt = this.clock.now();
    this.signal.noteRecorded();
    return { id: uuidV7(occurredAt, this.random), name: type.name, payload: { ...payload }, occurredAt };
  }
}
