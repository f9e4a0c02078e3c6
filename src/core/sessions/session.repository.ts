import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents, insertEventsFrom } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';
import { toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import {
  isGraced,
  keepEarlier,
  mayHaveDropped,
  toPastRotation,
  type GraceWindow,
  type PastRotation,
} from './rotation.row.js';
import type { RevocationReason, Session, SessionOwner, UserSession } from './session.js';
import { fromLiveSession, isLive, SESSION_COLUMNS, toSession, type SessionRow } from './session.row.js';

export interface Rotation {
  readonly handleHash: Buffer;
  readonly presentedHash: Buffer;
  readonly successorHash: Buffer;
  readonly sealedSuccessor: Buffer;
  readonly rotatedAt: Date;
  /** Cut to the absolute lifetime of the session. */
  readonly expiresAt: Date;
  readonly origin: RequestOrigin;
  readonly grace: GraceWindow;
}

/** A live session that did not accept the presented token as its current one. */
export interface RefusedRotation extends UserSession {
  /** Whether a token that was replaced is within its grace period, may be, or is a replay that ended the session. */
  readonly verdict: 'graced' | 'uncertain' | 'replayed';
  /** Whether this replay is the one that ended the session. */
  readonly revoked: boolean;
  /** The last rotation and those that were kept from before it, newest first. */
  readonly rotations: readonly PastRotation[];
}

/** Which of the viewer's sessions are meant. */
export type SessionChoice = { readonly only: string } | 'others' | 'all';

/** Everything that is asked of an open `auth_session`. Each method is one statement. */
export class SessionRepository {
  constructor(private readonly em: EntityManager) {}

  /** Replaces the current refresh token, if the presented one is it and the session is live. */
  async rotate(rotation: Rotation): Promise<UserSession | undefined> {
    const { origin, rotatedAt } = rotation;
    const { rows } = await sql<UserRow & SessionRow>`
      update auth_session as s set
        token_hash = ${rotation.successorHash}, previous_token_hash = ${rotation.presentedHash},
        sealed_successor = ${rotation.sealedSuccessor}, rotated_at = ${rotatedAt}, last_used_at = ${rotatedAt},
        ${keepEarlier(rotation.grace)},
        expires_at = least(${rotation.expiresAt}::timestamptz, s.absolute_expires_at),
        ip_address = coalesce(${origin.ipAddress}, s.ip_address),
        user_agent = coalesce(${origin.userAgent}, s.user_agent)
      from auth_user u
      where s.handle_hash = ${rotation.handleHash} and s.token_hash = ${rotation.presentedHash} and ${isLive(rotatedAt)}
        and u.id = s.user_id and u.active
      returning ${USER_COLUMNS}, ${SESSION_COLUMNS}`.execute(this.em.getKysely());
    return rows[0] && toUserSession(rows[0]);
  }

  /**
   * Explains why a rotation was refused, and in the same statement revokes the session if the token is neither its
   * current one nor within a grace period. Returns `undefined` if no live session has the handle.
   */
  async findRefusedOrRevoke(
    { handleHash, presentedHash }: { handleHash: Buffer; presentedHash: Buffer },
    { now, grace }: { now: Date; grace: GraceWindow },
    events: readonly RecordedEvent[],
  ): Promise<RefusedRotation | undefined> {
    const graced = isGraced(presentedHash, grace);
    const uncertain = sql`(s.token_hash = ${presentedHash} or ${mayHaveDropped(grace)})`;
    const { rows } = await sql<RefusedRow>`
      with found as (
        select ${USER_COLUMNS}, ${SESSION_COLUMNS}, s.previous_token_hash as "previousTokenHash",
          s.sealed_successor as "sealedSuccessor", s.rotated_at as "rotatedAt",
          s.earlier_rotations as "earlierRotations",
          case when ${graced} then 'graced' when ${uncertain} then 'uncertain' else 'replayed' end as verdict
        from auth_session s join auth_user u on u.id = s.user_id
        where s.handle_hash = ${handleHash} and ${isLive(now)} and u.active
      ), revoked as (
        update auth_session as s set ${revokedBy('REFRESH_TOKEN_REPLAYED', now)} from found
        where s.id = found."sessionId" and s.revoked_at is null and not ${graced} and not ${uncertain}
        returning s.id, s.user_id
      ), event as (
        ${insertEventsFrom(sql`revoked`, events, sql`jsonb_build_object('userId', revoked.user_id, 'sessionId', revoked.id)`)}
      )
      select found.*, exists (select from revoked) as revoked from found`.execute(this.em.getKysely());
    return rows[0] && toRefusedRotation(rows[0]);
  }

  /** Ends the caller's own session; answers whether there was a live one to end. */
  async revokeOwn({ userId, sessionId }: SessionOwner, now: Date, events: readonly RecordedEvent[]): Promise<boolean> {
    const { rows } = await sql`
      with revoked as (
        update auth_session as s set ${revokedBy('LOGGED_OUT', now)}
        where s.id = ${sessionId} and s.user_id = ${userId} and ${isLive(now)} returning s.id
      ), event as (${insertEvents(events, sql`exists (select from revoked)`)})
      select id from revoked`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Ends those of the viewer's live sessions that are chosen, if the viewer's own is live; answers which. */
  async revokeChosen(
    viewer: SessionOwner,
    choice: SessionChoice,
    now: Date,
  ): Promise<{ viewerIsLive: boolean; revokedIds: string[] }> {
    const { rows } = await sql<{ viewerIsLive: boolean; revokedIds: string[] }>`
      with viewer as (select ${fromLiveSession(viewer, now)}), ${revoking(viewer.userId, sql`${isChosen(viewer, choice)} and exists (select from viewer)`, 'REVOKED', now)}
      select exists (select from viewer) as "viewerIsLive",
        (select coalesce(array_agg(id), '{}') from revoked) as "revokedIds"`.execute(this.em.getKysely());
    return rows[0] ?? { viewerIsLive: false, revokedIds: [] };
  }

  /** Ends every live session of a user but one, or all of them; answers which. */
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
   * Ends the live sessions of a user beyond the `limit` most recently used ones, and corrects the number that sign-ins
   * count up; returns which were ended. The user's row must be locked by an earlier statement: this one then sees every
   * session that was counted. Of sessions used at the same instant `newest` stays. Sessions dated in the future, from
   * before the clock was set back, go first.
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

  /** The live sessions of a user, newest activity first. */
  async listLive(userId: string, now: Date): Promise<Session[]> {
    const { rows } = await sql<SessionRow>`
      select ${SESSION_COLUMNS} from auth_session s where s.user_id = ${userId} and ${isLive(now)}
      order by s.last_used_at desc, s.id desc`.execute(this.em.getKysely());
    return rows.map(toSession);
  }
}

/** Two steps that end live sessions, locked in the order of their ids: two of these never wait for each other. */
function revoking(
  userId: string,
  which: RawBuilder<unknown>,
  reason: RevocationReason,
  now: Date,
): RawBuilder<unknown> {
  return sql`chosen as (
      select s.id from auth_session s where s.user_id = ${userId} and ${isLive(now)} and ${which}
      order by s.id for update
    ), revoked as (
      update auth_session as s set ${revokedBy(reason, now)} from chosen where s.id = chosen.id returning s.id
    )`;
}

function isChosen({ sessionId }: SessionOwner, choice: SessionChoice): RawBuilder<unknown> {
  if (choice === 'all') return sql`true`;
  return choice === 'others' ? sql`s.id <> ${sessionId}` : sql`s.id = ${choice.only}`;
}

function revokedBy(reason: RevocationReason, now: Date): RawBuilder<unknown> {
  return sql`revoked_at = ${now}, revoked_reason = ${reason}`;
}

function toUserSession(row: UserRow & SessionRow): UserSession {
  return { user: toUser(row), session: toSession(row) };
}

interface RefusedRow extends UserRow, SessionRow {
  previousTokenHash: Buffer | null;
  sealedSuccessor: Buffer | null;
  rotatedAt: string | null;
  earlierRotations: Buffer[] | null;
  verdict: RefusedRotation['verdict'];
  revoked: boolean;
}

function toRefusedRotation(row: RefusedRow): RefusedRotation {
  const { previousTokenHash: tokenHash, sealedSuccessor, rotatedAt, earlierRotations, verdict, revoked } = row;
  const last =
    tokenHash && sealedSuccessor && rotatedAt !== null
      ? [{ tokenHash, sealedSuccessor, rotatedAt: new Date(rotatedAt) }]
      : [];
  const rotations = [...last, ...(earlierRotations ?? []).map(toPastRotation)];
  return { ...toUserSession(row), verdict, revoked, rotations };
}
