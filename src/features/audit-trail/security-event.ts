import type { EventActor } from '../../core/events/event-origin.js';

/** One line of the audit trail. */
export interface SecurityEvent {
  /** The id of the event. */
  readonly id: string;
  readonly name: string;
  readonly occurredAt: Date;
  readonly actor: EventActor;
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** A page of lines, newest first. */
export interface SecurityEventPage {
  readonly events: readonly SecurityEvent[];
  readonly hasMore: boolean;
}

/** The time of an event, which is the first 48 bits of its id. @see RFC 9562 §5.7 */
export function timeOf(id: string): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}

/** The place after an event, as clients get it. */
export function cursorOf(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

/** Returns the id of the event that a cursor points to, or `undefined` if it is not a cursor. */
export function idOf(cursor: string): string | undefined {
  if (!/^[\w-]{22}$/.test(cursor)) return undefined;
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
