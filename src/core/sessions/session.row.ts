import { sql, type RawBuilder } from 'kysely';
import type { RevocationReason, Session, SessionOwner } from './session.js';

/** The columns of `auth_session s` for hot statements. The driver returns timestamps as text. */
export const SESSION_COLUMNS = sql`
  s.id as "sessionId", s.user_id as "sessionUserId", s.ip_address as "ipAddress", s.user_agent as "userAgent",
  s.created_at as "sessionCreatedAt", s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt",
  s.amr, coalesce(s.authenticated_at, s.created_at) as "authenticatedAt"`;

/** True for a row of `auth_session s` that is neither revoked nor expired. */
export function isLive(now: Date): RawBuilder<boolean> {
  return sql<boolean>`s.revoked_at is null and s.expires_at > ${now}`;
}

/**
 * The `from` and `where` clauses for the viewer's own live session of an active account: `auth_session s`, `auth_user u`.
 * Without the limit, the planner may prefer the index on `user_id` and read all sessions of the user.
 */
export function fromLiveSession(viewer: SessionOwner | undefined, now: Date): RawBuilder<unknown> {
  return sql`from (select * from auth_session where id = ${viewer?.sessionId ?? null}::uuid limit 1) s
    join auth_user u on u.id = s.user_id
    where s.user_id = ${viewer?.userId ?? null}::uuid and ${isLive(now)} and u.active`;
}

/** The assignments to `auth_session` that revoke a session. */
export function revokedBy(reason: RevocationReason, now: Date): RawBuilder<unknown> {
  return sql`revoked_at = ${now}, revoked_reason = ${reason}`;
}

/**
 * The steps `chosen` and `revoked`, which end the live sessions of `auth_session s` that meet a condition. They lock the rows
 * in the order of their ids, so that they never deadlock.
 */
export function revokeSessions(which: RawBuilder<unknown>, reason: RevocationReason, now: Date): RawBuilder<unknown> {
  return sql`chosen as (
      select s.id from auth_session s where ${which} and ${isLive(now)} order by s.id for update
    ), revoked as (
      update auth_session as s set ${revokedBy(reason, now)} from chosen where s.id = chosen.id returning s.id
    )`;
}

export interface SessionRow {
  sessionId: string;
  sessionUserId: string;
  ipAddress: string | null;
  userAgent: string | null;
  sessionCreatedAt: string;
  lastUsedAt: string;
  expiresAt: string;
  amr: string[];
  authenticatedAt: string;
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.sessionId,
    userId: row.sessionUserId,
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
    createdAt: new Date(row.sessionCreatedAt),
    lastUsedAt: new Date(row.lastUsedAt),
    expiresAt: new Date(row.expiresAt),
    amr: row.amr,
    authenticatedAt: new Date(row.authenticatedAt),
  };
}
