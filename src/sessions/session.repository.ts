import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { Client } from '../kernel/client.js';
import type { User } from '../users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import type { RevocationReason, Session, SessionOwner } from './session.js';
import { isLive, SESSION_COLUMNS, toSession, type SessionRow } from './session.row.js';

export interface NewSession {
  readonly id: string;
  readonly handleHash: Buffer;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly client: Client;
}

export interface Rotation {
  readonly handleHash: Buffer;
  readonly presentedHash: Buffer;
  readonly successorHash: Buffer;
  readonly sealedSuccessor: Buffer;
  readonly rotatedAt: Date;
  /** Cut to the absolute lifetime of the session. */
  readonly expiresAt: Date;
  readonly client: Client;
}

export interface UserSession {
  readonly user: User;
  readonly session: Session;
}

/** A live session that did not accept the presented token as its current one. */
export interface RefusedRotation extends UserSession {
  /** Set when the token is the previous one and still within the grace period. */
  readonly graced: { readonly sealedSuccessor: Buffer; readonly rotatedAt: Date } | undefined;
}

/** Everything that is asked of `auth_session`. Each method is one statement. */
export class SessionRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(userId: string, session: NewSession): Promise<Session> {
    const { rows } = await sql<SessionRow>`
      insert into auth_session as s ${values(session, sql`${userId}::uuid`, sql``)}
      returning ${SESSION_COLUMNS}`.execute(this.em.getKysely());
    const [row] = rows;
    if (!row) throw new Error('an insert answered no row');
    return toSession(row);
  }

  /** Opens a session if the password hash that was compared is still the account's; otherwise answers undefined. */
  async insertForCredentials(
    credentials: { userId: string; passwordHash: string },
    session: NewSession,
  ): Promise<UserSession | undefined> {
    const { rows } = await sql<UserRow & SessionRow>`
      with u as (
        update auth_user set last_login_at = ${session.createdAt}
        where id = ${credentials.userId} and active and password_hash = ${credentials.passwordHash}
        returning *
      ), s as (
        insert into auth_session ${values(session, sql`u.id`, sql`from u`)} returning *
      )
      select ${USER_COLUMNS}, ${SESSION_COLUMNS} from u cross join s`.execute(this.em.getKysely());
    return rows[0] && toUserSession(rows[0]);
  }

  /** Replaces the current refresh token, if the presented one is it and the session is live. */
  async rotate(rotation: Rotation): Promise<UserSession | undefined> {
    const { client, rotatedAt } = rotation;
    const { rows } = await sql<UserRow & SessionRow>`
      update auth_session as s set
        token_hash = ${rotation.successorHash}, previous_token_hash = ${rotation.presentedHash},
        sealed_successor = ${rotation.sealedSuccessor}, rotated_at = ${rotatedAt}, last_used_at = ${rotatedAt},
        expires_at = least(${rotation.expiresAt}::timestamptz, s.absolute_expires_at),
        ip_address = coalesce(${client.ipAddress}, s.ip_address),
        user_agent = coalesce(${client.userAgent}, s.user_agent)
      from auth_user u
      where s.handle_hash = ${rotation.handleHash} and s.token_hash = ${rotation.presentedHash} and ${isLive(rotatedAt)}
        and u.id = s.user_id and u.active
      returning ${USER_COLUMNS}, ${SESSION_COLUMNS}`.execute(this.em.getKysely());
    return rows[0] && toUserSession(rows[0]);
  }

  /**
   * Explains why a rotation was refused, and in the same statement revokes the session when the token is neither its
   * current one nor its previous one within the grace period. Answers undefined when no live session has the handle.
   */
  async findRefusedOrRevoke(
    token: { handleHash: Buffer; presentedHash: Buffer },
    now: Date,
    graceStart: Date,
  ): Promise<RefusedRotation | undefined> {
    type Row = UserRow & SessionRow & { sealedSuccessor: Buffer | null; rotatedAt: string | null; graced: boolean };
    const graced = sql`(s.previous_token_hash = ${token.presentedHash} and s.rotated_at > ${graceStart})`;
    const { rows } = await sql<Row>`
      with found as (
        select ${USER_COLUMNS}, ${SESSION_COLUMNS}, s.sealed_successor as "sealedSuccessor",
          s.rotated_at as "rotatedAt", coalesce(${graced}, false) as graced
        from auth_session s join auth_user u on u.id = s.user_id
        where s.handle_hash = ${token.handleHash} and ${isLive(now)} and u.active
      ), revoked as (
        update auth_session as s set ${revokedBy('REFRESH_TOKEN_REPLAYED', now)} from found
        where s.id = found."sessionId" and s.revoked_at is null
          and s.token_hash <> ${token.presentedHash} and ${graced} is not true
      )
      select * from found`.execute(this.em.getKysely());
    const [row] = rows;
    if (!row) return undefined;
    const { sealedSuccessor, rotatedAt } = row;
    const isGraced = row.graced && sealedSuccessor !== null && rotatedAt !== null;
    return {
      ...toUserSession(row),
      graced: isGraced ? { sealedSuccessor, rotatedAt: new Date(rotatedAt) } : undefined,
    };
  }

  /** Ends the caller's own session; answers whether there was a live one to end. */
  async revokeOwn({ userId, sessionId }: SessionOwner, now: Date): Promise<boolean> {
    const { rows } = await sql`
      update auth_session as s set ${revokedBy('LOGGED_OUT', now)}
      where s.id = ${sessionId} and s.user_id = ${userId} and ${isLive(now)} returning s.id`.execute(
      this.em.getKysely(),
    );
    return rows.length > 0;
  }

  /** Ends those of the viewer's live sessions that are named, if the viewer's own is live. */
  async revoke(
    viewer: SessionOwner,
    which: { only: string } | 'others' | 'all',
    now: Date,
  ): Promise<{ viewerIsLive: boolean; count: number }> {
    const chosen =
      typeof which === 'object'
        ? sql`s.id = ${which.only}`
        : which === 'all'
          ? sql`true`
          : sql`s.id <> ${viewer.sessionId}`;
    // Locked in the order of their ids, so that two of these never wait for each other.
    const { rows } = await sql<{ viewerIsLive: boolean; count: number }>`
      with viewer as (
        select from auth_session s join auth_user u on u.id = s.user_id
        where s.id = ${viewer.sessionId} and s.user_id = ${viewer.userId} and ${isLive(now)} and u.active
      ), chosen as (
        select s.id from auth_session s
        where s.user_id = ${viewer.userId} and ${isLive(now)} and ${chosen} and exists (select from viewer)
        order by s.id for update
      ), revoked as (
        update auth_session as s set ${revokedBy('REVOKED', now)} from chosen where s.id = chosen.id returning s.id
      )
      select exists (select from viewer) as "viewerIsLive", (select count(*)::int from revoked) as count`.execute(
      this.em.getKysely(),
    );
    return rows[0] ?? { viewerIsLive: false, count: 0 };
  }

  /** The live sessions of a user, newest activity first. */
  async listLive(userId: string, now: Date): Promise<Session[]> {
    const { rows } = await sql<SessionRow>`
      select ${SESSION_COLUMNS} from auth_session s where s.user_id = ${userId} and ${isLive(now)}
      order by s.last_used_at desc, s.id desc`.execute(this.em.getKysely());
    return rows.map(toSession);
  }
}

function values(session: NewSession, userId: RawBuilder<unknown>, from: RawBuilder<unknown>): RawBuilder<unknown> {
  const { client } = session;
  return sql`
    (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at, ip_address, user_agent)
    select ${session.id}::uuid, ${userId}, ${session.handleHash}::bytea, ${session.tokenHash}::bytea,
      ${session.createdAt}::timestamptz, ${session.createdAt}::timestamptz, ${session.expiresAt}::timestamptz,
      ${session.absoluteExpiresAt}::timestamptz, ${client.ipAddress}, ${client.userAgent} ${from}`;
}

function revokedBy(reason: RevocationReason, now: Date): RawBuilder<unknown> {
  return sql`revoked_at = ${now}, revoked_reason = ${reason}`;
}

function toUserSession(row: UserRow & SessionRow): UserSession {
  return { user: toUser(row), session: toSession(row) };
}
