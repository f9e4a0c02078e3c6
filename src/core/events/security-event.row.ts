import { sql, type RawBuilder } from 'kysely';
import type { TrailEntry } from './security-trail.js';

/**
 * An insert of the entries whose ids are in `source`, as a step of the statement that empties the outbox. A repetition
 * changes nothing.
 */
export function insertTrail(entries: readonly TrailEntry[], source: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    insert into auth_security_event
      (id, user_id, name, actor_kind, actor_id, session_id, ip_address, user_agent, details)
    select e.id, e."userId", e.name, e."actorKind", e."actorId", e."sessionId", e."ipAddress", e."userAgent", e.details
    from ${source} t join jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as e(id uuid, "userId" uuid, name text,
      "actorKind" text, "actorId" uuid, "sessionId" uuid, "ipAddress" text, "userAgent" text, details jsonb) on e.id = t.id
    on conflict (id) do nothing`;
}
