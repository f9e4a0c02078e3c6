import { sql, type RawBuilder } from 'kysely';
import { ADDRESS_FIELDS } from './address-fields.js';
import type { RecordedEvent } from './recorded-event.js';

/**
 * An insert of events, as a step of the statement that makes the change: both are written or neither is, without an
 * extra statement. `condition` is true if the change took place.
 */
export function insertEvents(events: readonly RecordedEvent[], condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into auth_outbox (id, name, payload, occurred_at, origin)
    select e.id, e.name, e.payload, e."occurredAt", e.origin from ${recordset(events)} where ${condition}`;
}

/** Like `insertEvents`, once for every row of `source`. `payload` is merged into the payload of each event. */
export function insertEventsFrom(
  source: RawBuilder<unknown>,
  events: readonly RecordedEvent[],
  payload: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`insert into auth_outbox (id, name, payload, occurred_at, origin)
    select e.id, e.name, e.payload || ${payload}, e."occurredAt", e.origin from ${source} cross join ${recordset(events)}`;
}

/**
 * Like `insertEventsFrom`, if `source` may have several rows: each gets an event with a separate id, a UUIDv7 with the time
 * of the given event.
 */
export function insertEventForEach(
  source: RawBuilder<unknown>,
  event: RecordedEvent,
  payload: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const id = sql`(left(e.id::text, 15) || substr(gen_random_uuid()::text, 16))::uuid`;
  return sql`insert into auth_outbox (id, name, payload, occurred_at, origin)
    select ${id}, e.name, e.payload || ${payload}, e."occurredAt", e.origin from ${source} cross join ${recordset([event])}`;
}

function recordset(events: readonly RecordedEvent[]): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    as e(id uuid, name text, payload jsonb, "occurredAt" timestamptz, origin jsonb)`;
}

/** Whom events are about. */
export interface EventSubjects {
  readonly userIds: readonly string[];
  /** Normalised email addresses. */
  readonly addresses: readonly string[];
}

/** True for the payload of an event that is about one of the users, or contains one of the addresses. */
export function isAbout(payload: RawBuilder<unknown>, { userIds, addresses }: EventSubjects): RawBuilder<boolean> {
  const fields = [...ADDRESS_FIELDS].map((field) => sql`${payload}->>${field}::text = any(${addresses}::text[])`);
  return sql<boolean>`(${payload}->>'userId' = any(${userIds}::text[]) or ${sql.join(fields, sql` or `)})`;
}

/** True for the origin of an event that one of the users caused, and that still says where from. */
export function isTraceOf(origin: RawBuilder<unknown>, { userIds }: EventSubjects): RawBuilder<boolean> {
  return sql<boolean>`(${origin}->'actor'->>'id' = any(${userIds}::text[])
    and (${origin}->>'ipAddress' is not null or ${origin}->>'userAgent' is not null))`;
}
