import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { SessionOwner } from '../../core/sessions/session.js';
import { isLive, revokedBy } from '../../core/sessions/session.row.js';

/** Ends sessions of any user. */
export class OperatorSessionRepository {
  constructor(private readonly em: EntityManager) {}

  /** Ends a session. Returns `undefined` if it does not exist or has already ended. */
  async revoke(sessionId: string, now: Date): Promise<SessionOwner | undefined> {
    const [revoked] = await this.revokeChosen(sql`s.id = ${sessionId}`, 1, now);
    return revoked;
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
        update auth_session as s set ${revokedBy('REVOKED_BY_OPERATOR', now)} from chosen where s.id = chosen.id
        returning s.id, s.user_id
      )
      select id as "sessionId", user_id as "userId" from revoked order by id`.execute(this.em.getKysely());
    return rows;
  }
}
