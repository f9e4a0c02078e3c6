import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';
import type { RevocationReason, Session, SessionOwner } from './session.js';
import {
  fromLiveSession,
  isLive,
  revokedBy,
  revokeSessions,
  SESSION_COLUMNS,
  toSession,
  type SessionRow,
} from './session.row.js';

/** Selects sessions of the viewer. */
export type SessionChoice = { readonly only: string } | 'others' | 'all';

/** Statements on existing rows of `auth_session`, one for each method. */
export class SessionRepository {
  constructor(private readonly em: EntityManager) {}

  /** Ends the caller's own session. Returns false if it had already ended. */
  async revokeOwn({ userId, sessionId }: SessionOwner, now: Date, events: readonly RecordedEvent[]): Promise<boolean> {
    const { rows } = await sql`
      with revoked as (
        update auth_session as s set ${revokedBy('LOGGED_OUT', now)}
        where s.id = ${sessionId} and s.user_id = ${userId} and ${isLive(now)} returning s.id
      ), event as (${insertEvents(events, sql`exists (select from revoked)`)})
      select id from revoked`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Whether the handle of a refresh token is that of a live session of an active account. */
  async hasLive(handleHash: Buffer, now: Date): Promise<boolean> {
    const { rows } = await sql`
      select from auth_session s join auth_user u on u.id = s.user_id
      where s.handle_hash = ${handleHash} and ${isLive(now)} and u.active`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Ends the selected sessions of the viewer if the viewer's own session is live, and returns their ids. */
  async revokeChosen(
    viewer: SessionOwner,
    choice: SessionChoice,
    reason: RevocationReason,
    now: Date,
  ): Promise<{ viewerIsLive: boolean; revokedIds: string[] }> {
    const { rows } = await sql<{ viewerIsLive: boolean; revokedIds: string[] }>`
      with viewer as (select ${fromLiveSession(viewer, now)}), ${revoking(viewer.userId, sql`${isChosen(viewer, choice)} and exists (select from viewer)`, reason, now)}
      select exists (select from viewer) as "viewerIsLive",
        (select coalesce(array_agg(id), '{}') from revoked) as "revokedIds"`.execute(this.em.getKysely());
    return rows[0] ?? { viewerIsLive: false, revokedIds: [] };
  }

  /** Ends every live session of a user, except the given one if any, and returns their ids. */
  async revokeAllBut(
    { userId, sessionId }: { userId: string; sessionId: string | undefined },
    reason: RevocationReason,
    now: Date,
  ): Promise<string[]> {
    const others = sql`s.id is distinct from ${sessionId ?? null}::uuid`;
    const { rows } = await sql<{ id: string }>`
      with ${revoking(userId, others, reason, now)} select id from revoked`.execute(this.em.getKysely());
    return rows.map(({ id }) => id);
  }

  /**
   * Ends all but the `limit` most recently used live sessions of a user, corrects the counter of sign-ins, and returns the
   * ids of the ended sessions. The user's row must be locked by an earlier statement, so that this one sees every session
   * that was counted. Of sessions used at the same instant, `newest` stays. Sessions with a time in the future, from before
   * the clock was set back, are ended first.
   */
  async revokeBeyond(
    limit: number,
    { userId, sessionId: newest }: SessionOwner,
    reason: RevocationReason,
    now: Date,
  ): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      with live as (
        select s.id, row_number() over (order by s.last_used_at > ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS)},
          s.last_used_at desc, s.id = ${newest}::uuid desc, s.id desc) as place
        from auth_session s where s.user_id = ${userId} and ${isLive(now)}
      ), ${revoking(userId, sql`s.id in (select live.id from live where place > ${limit})`, reason, now)},
      counted as (
        update auth_user set open_sessions = (select count(*) from live) - (select count(*) from revoked)
        where id = ${userId}
      )
      select id from revoked`.execute(this.em.getKysely());
    return rows.map(({ id }) => id);
  }

  /** Lists the live sessions of a user, most recently used first. */
  async listLive(userId: string, now: Date): Promise<Session[]> {
    const { rows } = await sql<SessionRow>`
      select ${SESSION_COLUMNS} from auth_session s where s.user_id = ${userId} and ${isLive(now)}
      order by s.last_used_at desc, s.id desc`.execute(this.em.getKysely());
    return rows.map(toSession);
  }
}

function revoking(
  userId: string,
  which: RawBuilder<unknown>,
  reason: RevocationReason,
  now: Date,
): RawBuilder<unknown> {
  return revokeSessions(sql`s.user_id = ${userId} and ${which}`, reason, now);
}

function isChosen({ sessionId }: SessionOwner, choice: SessionChoice): RawBuilder<unknown> {
  if (choice === 'all') return sql`true`;
  return choice === 'others' ? sql`s.id <> ${sessionId}` : sql`s.id = ${choice.only}`;
}
