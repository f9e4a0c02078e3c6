import { sql } from 'kysely';
import type { EventActorKind } from '../../core/events/event-origin.js';
import { timeOf, type SecurityEvent } from './security-event.js';

/** The columns of `auth_security_event`. */
export const SECURITY_EVENT_COLUMNS = sql`id, name, actor_kind as "actorKind", actor_id as "actorId",
  session_id as "sessionId", ip_address as "ipAddress", user_agent as "userAgent", details`;

export interface SecurityEventRow {
  /** Null if the row contains no event. */
  readonly id: string | null;
  readonly name: string;
  readonly actorKind: EventActorKind;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly details: SecurityEvent['details'];
}

/** Returns the event of a row, or none. */
export function toSecurityEvents(row: SecurityEventRow): SecurityEvent[] {
  const { id, name, actorKind, actorId, sessionId, ipAddress, userAgent, details } = row;
  if (id === null) return [];
  const actor = { kind: actorKind, id: actorId };
  return [{ id, name, occurredAt: timeOf(id), actor, sessionId, ipAddress, userAgent, details }];
}
