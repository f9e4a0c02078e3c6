import type { EventActor } from './event-origin.js';

/** Something that has happened, as listeners receive it. Delivered at least once: use `eventId` to detect repetitions. */
export abstract class DomainEvent {
  declare readonly eventId: string;
  declare readonly occurredAt: Date;
  /** Who caused it. */
  declare readonly actor: EventActor;

  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

/** The fields that a class adds to those of every event. */
export type EventFields<Event extends DomainEvent> = Omit<Event, keyof DomainEvent>;

/** An event as it is stored: its token, if any, is created at delivery. */
export type StoredEvent<Event extends DomainEvent> = Omit<Event, 'token' | 'expiresAt'>;

/** Fields that the audit trail keeps in separate columns, or must not keep. */
type NotDetails = keyof DomainEvent | 'userId' | 'sessionId' | 'ipAddress' | 'userAgent' | 'deviceInfo';

/**
 * The fields that the audit trail keeps as details of an event, or `false` if the event is not in the trail. Addresses are
 * masked.
 */
export type TrailOf<Event extends DomainEvent> = false | readonly Exclude<keyof StoredEvent<Event>, NotDetails>[];

export interface EventClass<Event extends DomainEvent = DomainEvent> {
  new (fields: object): Event;
  /** The name that is stored with the event. */
  readonly name: string;
  /** Whether the event is in the audit trail, and with which fields. Declare it as `TrailOf` of the class. */
  readonly trail: false | readonly string[];
  /** The purpose of the one-time token for listeners, if any: `token` and `expiresAt` are added at delivery. */
  readonly tokenPurpose?: string;
  /** Whether it has its own log line, written when it is recorded. Other events are logged when they are relayed. */
  readonly isLoggedWhenRecorded?: true;
}

/** Event classes, by the name that is stored. */
export type EventClasses = Readonly<Record<string, EventClass>>;
