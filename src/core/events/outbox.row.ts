import { sql, type RawBuilder } from 'kysely';
import type { RecordedEvent } from './recorded-event.js';

/**
 * The insert of events, to stand as a part of the statement that makes the change: the two cannot come apart, and the
 * event costs no statement of its own. `condition` is true when the change took place.
 */
export function insertEvents(events: readonly RecordedEvent[], condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into auth_outbox (id, name, payload, occurred_at)
    select e.id, e.name, e.payload, e."occurredAt" from ${recordset(events)} where ${condition}`;
}

/** The same for events whose subject the statement itself finds: `payload` of every row of `source` joins theirs. */
export function insertEventsFrom(
  source: RawBuilder<unknown>,
  events: readonly RecordedEvent[],
  payload: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`insert into auth_outbox (id, name, payload, occurred_at)
    select e.id, e.name, e.payload || ${payload}, e."occurredAt" from ${source} cross join ${recordset(events)}`;
}

function recordset(events: readonly RecordedEvent[]): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
    as e(id uuid, name text, payload jsonb, "occurredAt" timestamptz)`;
}
