import type { Clock } from '../../platform/clock.js';
import { EVENT_CLASSES, type DomainEvent, type EventClass, type EventFields, type EventName } from './events.js';
import { uuidV7, type Random } from '../../platform/random.js';

/** An event as it is stored: without a token, since nothing usable is ever at rest. */
export interface RecordedEvent {
  readonly id: string;
  readonly name: EventName;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
}

/** What is stored of an event. A token follows from the id of its row and a key, and is made at delivery. */
type StoredFields<Event extends DomainEvent> =
  EventFields<Event> extends { token: string }
    ? Omit<EventFields<Event>, 'token' | 'expiresAt'> & { tokenReference: string }
    : EventFields<Event>;

/** Writes down what happens, for the outbox. */
export class EventRecorder {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  record<Event extends DomainEvent>(type: EventClass<Event>, payload: StoredFields<Event>): RecordedEvent {
    const occurredAt = this.clock.now();
    return { id: uuidV7(occurredAt, this.random), name: nameOf(type), payload: { ...payload }, occurredAt };
  }
}

function nameOf({ name }: EventClass): EventName {
  if (!Object.hasOwn(EVENT_CLASSES, name)) throw new TypeError(`${name} is not an event of this subgraph`);
  return name as EventName;
}
