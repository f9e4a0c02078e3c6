import { ADDRESS_FIELDS } from './address-fields.js';
import type { EventClasses } from './domain-event.js';
import { SYSTEM_ORIGIN } from './event-origin.js';
import { isUuid } from '../../platform/random.js';
import type { RecordedEvent } from './recorded-event.js';

/** The row of an event in the audit trail. */
export interface TrailEntry {
  readonly id: string;
  /** The account that the event is about; null if there is none. */
  readonly userId: string | null;
  readonly name: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  /** The session that the event is about, or else the one in which it was caused. */
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface SecurityTrailDependencies {
  readonly eventClasses: EventClasses;
  /** Hides most of an email address. */
  readonly maskAddress: (address: string) => string;
}

/** Decides what the audit trail keeps of an event: what its class declares, and never a whole payload. */
export class SecurityTrail {
  constructor(private readonly deps: SecurityTrailDependencies) {}

  /** Returns the rows of the events that are in the trail. */
  entriesOf(events: readonly RecordedEvent[]): TrailEntry[] {
    return events.flatMap((event) => {
      const declared = this.deps.eventClasses[event.name]?.trail ?? false;
      return declared === false || event.origin?.isTrailed === false ? [] : [this.entryOf(event, declared)];
    });
  }

  /** Fits every column, because one row that does not would keep all events in the outbox. */
  private entryOf({ id, name, origin, payload }: RecordedEvent, declared: readonly string[]): TrailEntry {
    const { actor, sessionId, ipAddress, userAgent } = origin ?? SYSTEM_ORIGIN;
    return {
      ...{ id, name },
      ipAddress: ipAddress?.slice(0, 45) ?? null,
      userAgent: userAgent?.slice(0, 512) ?? null,
      userId: uuidOrNull(payload['userId']),
      actorKind: actor.kind.slice(0, 10),
      actorId: uuidOrNull(actor.id),
      sessionId: uuidOrNull(payload['sessionId']) ?? uuidOrNull(sessionId),
      details: this.detailsOf(payload, declared),
    };
  }

  private detailsOf(payload: RecordedEvent['payload'], declared: readonly string[]): TrailEntry['details'] {
    const details = declared.map((field): [string, unknown] => {
      const value = payload[field];
      return [field, ADDRESS_FIELDS.has(field) && typeof value === 'string' ? this.deps.maskAddress(value) : value];
    });
    return details.length === 0 ? null : Object.fromEntries(details);
  }
}

function uuidOrNull(value: unknown): string | null {
  return isUuid(value) ? value : null;
}
