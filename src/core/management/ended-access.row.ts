import { sql, type RawBuilder } from 'kysely';
import { insertEventForEach } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { RevocationReason } from '../sessions/session.js';
import { revokeSessions } from '../sessions/session.row.js';

/**
 * Statement steps that end the sessions and one-time tokens of the account in the step `changed`.
 * @param sessionEnded the event of each session that ends, whose id the statement adds
 */
export function endAccess(reason: RevocationReason, sessionEnded: RecordedEvent, now: Date): RawBuilder<unknown> {
  return sql`${revokeSessions(sql`s.user_id = (select id from changed)`, reason, now)},
    consumed as (
      update auth_one_time_token t set consumed_at = ${now} from changed
      where t.user_id = changed.id and t.consumed_at is null
    ), ended as (${insertEventForEach(sql`revoked`, sessionEnded, sql`jsonb_build_object('sessionId', revoked.id)`)})`;
}
