import { sql, type RawBuilder } from 'kysely';
import { insertEventForEach } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { RevocationReason } from '../sessions/session.js';
import { revokeSessions } from '../sessions/session.row.js';

/** The events of a change: of the account, and of each session that ends. */
export interface ChangeEvents {
  readonly changed: RecordedEvent;
  /** A statement adds the id of each session. */
  readonly sessionEnded: RecordedEvent;
}

/** Statement steps that end live sessions, and store the event of each; `revoked` has their ids. */
export function endSessions(
  which: RawBuilder<unknown>,
  reason: RevocationReason,
  sessionEnded: RecordedEvent,
  now: Date,
): RawBuilder<unknown> {
  return sql`${revokeSessions(which, reason, now)},
    ended as (${insertEventForEach(sql`revoked`, sessionEnded, sql`jsonb_build_object('sessionId', revoked.id)`)})`;
}

/** Statement steps that end the sessions and one-time tokens of the account in the step `changed`. */
export function endAccess(reason: RevocationReason, sessionEnded: RecordedEvent, now: Date): RawBuilder<unknown> {
  return sql`${endSessions(sql`s.user_id = (select id from changed)`, reason, sessionEnded, now)},
    consumed as (
      update auth_one_time_token t set consumed_at = ${now} from changed
      where t.user_id = changed.id and t.consumed_at is null
    )`;
}

/**
 * Statement steps that delete what strangers may have left on the account in the step `unproven`: registrations, sessions,
 * known devices, and links that change the address. Links that go to the address of the account stay valid. The password
 * is a column of the account, so the statement itself removes it.
 */
export function endUnprovenAccess(sessionEnded: RecordedEvent, now: Date): RawBuilder<unknown> {
  return sql`claims as (delete from auth_registration_claim using unproven where user_id = unproven.id),
    devices as (delete from auth_device using unproven where user_id = unproven.id),
    moves as (
      update auth_one_time_token t set consumed_at = ${now} from unproven
      where t.user_id = unproven.id and t.purpose = 'CHANGE_EMAIL' and t.consumed_at is null
    ), ${endSessions(sql`s.user_id = (select id from unproven)`, 'REVOKED_BY_OPERATOR', sessionEnded, now)}`;
}
