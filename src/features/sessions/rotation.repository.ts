import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { UserSession } from '../../core/sessions/session.js';
import { isLive, revokedBy, SESSION_COLUMNS, toSession, type SessionRow } from '../../core/sessions/session.row.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import {
  isGraced,
  keepEarlier,
  mayHaveDropped,
  toPastRotation,
  type GraceWindow,
  type PastRotation,
} from './rotation.row.js';

export interface Rotation {
  readonly handleHash: Buffer;
  readonly presentedHash: Buffer;
  readonly successorHash: Buffer;
  readonly sealedSuccessor: Buffer;
  readonly rotatedAt: Date;
  /** Limited to the absolute lifetime of the session. */
  readonly expiresAt: Date;
  readonly origin: RequestOrigin;
  readonly grace: GraceWindow;
}

/** A live session whose current token is not the presented one. */
export interface RefusedRotation extends UserSession {
  /** Whether the replaced token is within its grace period, may be, or is a replay that ended the session. */
  readonly verdict: 'graced' | 'uncertain' | 'replayed';
  /** Whether this replay ended the session. */
  readonly revoked: boolean;
  /** The last rotation and the kept earlier ones, newest first. */
  readonly rotations: readonly PastRotation[];
}

/** Rotates refresh tokens, with one statement for each method. */
export class RotationRepository {
  constructor(private readonly em: EntityManager) {}

  /** Replaces the refresh token if the presented one is the current one and the session is live. */
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
   * Returns why a rotation was refused, and in the same statement revokes the session if the token is neither the current
   * one nor within its grace period. Returns `undefined` if no live session has the handle.
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
