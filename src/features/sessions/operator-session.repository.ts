import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import { endSessions } from '../../core/management/ended-access.row.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { isLive, revokedBy } from '../../core/sessions/session.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

const REASON = 'REVOKED_BY_OPERATOR';

/** Ends sessions of any user. */
export class OperatorSessionRepository {
  constructor(private readonly em: EntityManager) {}

  /** Ends a session. Returns `undefined` if it does not exist or has already ended. */
  async revoke(sessionId: string, now: Date): Promise<SessionOwner | undefined> {
    const [revoked] = await this.revokeChosen(sql`s.id = ${sessionId}`, 1, now);
    return revoked;
  }

  /**
   * Ends one live session of an account or all of them, stores an event for each, and counts them. The caller must have locked
   * the accounts, so that no session of an earlier sign-in stays.
   */
  async revokeOfAccount(
    account: ManagedAccount,
    sessionId: string | undefined,
    now: Date,
    ended: RecordedEvent,
  ): Promise<ChangeOutcome & { readonly count: number }> {
    const which = sessionId === undefined ? sql`true` : sql`s.id = ${sessionId}`;
    const { rows } = await sql<ChangeOutcomeRow & { count: number }>`
      with ${managedAccount(account, { now, mayBeSelf: true })},
      ${endSessions(sql`s.user_id = (select id from target) and ${which}`, REASON, ended, now)},
      outcome as (${changeOutcome(now, { row: sql`target`, hasChanged: sql`exists (select from revoked)` })})
      select outcome.*, (select count(*)::int from revoked) as count from outcome`.execute(this.em.getKysely());
    const row = onlyRow(rows);
    return { ...toChangeOutcome(row), count: row.count };
  }

  /** Ends the first live sessions with a greater id, and returns them in the order of their ids. */
  async revokeAfter(sessionId: string, limit: number, now: Date): Promise<SessionOwner[]> {
    return this.revokeChosen(sql`s.id > ${sessionId}`, limit, now);
  }

  /** Locks the rows in the order of their ids, so that it never deadlocks. */
  private async revokeChosen(which: RawBuilder<unknown>, limit: number, now: Date): Promise<SessionOwner[]> {
    const { rows } = await sql<SessionOwner>`
      with chosen as (
        select s.id from auth_session s where ${which} and ${isLive(now)} order by s.id limit ${limit} for update
      ), revoked as (
        update auth_session as s set ${revokedBy(REASON, now)} from chosen where s.id = chosen.id
        returning s.id, s.user_id
      )
      select id as "sessionId", user_id as "userId" from revoked order by id`.execute(this.em.getKysely());
    return rows;
  }
}
