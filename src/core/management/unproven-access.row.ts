import { sql, type RawBuilder } from 'kysely';
import { insertEventForEach } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { revokeSessions } from '../sessions/session.row.js';

/**
 * Statement steps that delete what strangers may have left on the account in the step `unproven`: registrations, sessions,
 * known devices, and links that change the address. Links that go to the address of the account stay valid. The password
 * is a column of the account, so the statement itself removes it.
 * @param sessionEnded the event of each session that ends, whose id the statement adds
 */
export function endUnprovenAccess(sessionEnded: RecordedEvent, now: Date): RawBuilder<unknown> {
  return sql`claims as (delete from auth_registration_claim using unproven where user_id = unproven.id),
    devices as (delete from auth_device using unproven where user_id = unproven.id),
    moves as (
      update auth_one_time_token t set consumed_at = ${now} from unproven
      where t.user_id = unproven.id and t.purpose = 'CHANGE_EMAIL' and t.consumed_at is null
    ), ${revokeSessions(sql`s.user_id = (select id from unproven)`, 'REVOKED_BY_OPERATOR', now)},
    ended as (${insertEventForEach(sql`revoked`, sessionEnded, sql`jsonb_build_object('sessionId', revoked.id)`)})`;
}
