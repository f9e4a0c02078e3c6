/** Something that happened, as listeners hear of it. Delivered at least once: `eventId` tells a repetition. */
export abstract class DomainEvent {
  declare readonly eventId: string;
  declare readonly occurredAt: Date;

  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

/** What an event says in addition to when it happened. */
export type EventFields<Event extends DomainEvent> = Omit<Event, keyof DomainEvent>;

export interface EventClass<Event extends DomainEvent = DomainEvent> {
  new (fields: object): Event;
  /** Stored with the event. */
  readonly name: string;
  /** The purpose of the one-time token that listeners get: `token` and `expiresAt` are added at delivery. */
  readonly tokenPurpose?: string;
}

/** The classes of events, by the names under which they are stored. */
export type EventClasses = Readonly<Record<string, EventClass>>;
