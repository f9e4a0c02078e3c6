import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { fromLiveSession } from '../sessions/session.row.js';
import type { SessionOwner } from '../sessions/session.js';
import type { OneTimePurpose } from './one-time-token.js';
import { insertOneTimeToken, type NewOneTimeToken } from './one-time-token.row.js';

/** The user and address that a token is for. */
export interface OneTimeTokenOwner {
  readonly userId: string;
  readonly email: string;
  readonly claimId: string | null;
}

/**
 * All statements on `auth_one_time_token`, one for each method. Those that start a change lock the user before any token,
 * like every other change of an account, so they never deadlock.
 */
export class OneTimeTokenRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a token and the event that carries it, and consumes the older ones of its purpose and claim. Changes nothing if
   * the token already exists or the user is inactive. The caller must have locked the user's row, so that the statement sees
   * all older tokens.
   */
  async insert(token: NewOneTimeToken, requested: RecordedEvent): Promise<void> {
    const { createdAt, claimId = null } = token;
    await sql`
      with stored as (
        ${insertOneTimeToken(token, sql`(select id from auth_user where active)`)}
        on conflict (id) do nothing returning id
      ), spent as (
        update auth_one_time_token t set consumed_at = ${createdAt} from stored
        where t.user_id = ${token.userId} and t.purpose = ${token.purpose} and t.consumed_at is null
          and t.claim_id is not distinct from ${claimId}::uuid and t.id <> stored.id
      )
      ${insertEvents([requested], sql`exists (select from stored)`)}`.execute(this.em.getKysely());
  }

  /** Returns the owner of a valid token, without consuming it. */
  async find(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<OneTimeTokenOwner | undefined> {
    const { rows } = await sql<OneTimeTokenOwner>`
      select t.user_id as "userId", t.email, t.claim_id as "claimId" from auth_one_time_token t
      where t.token_hash = ${tokenHash} and t.purpose = ${purpose} and ${isUsable(now)}`.execute(this.em.getKysely());
    return rows[0];
  }

  /**
   * Consumes a valid token and all others of its purpose; returns `undefined` if the token is invalid.
   * @param viewer if given, must have a live session and own the token
   */
  async consume(
    purpose: OneTimePurpose,
    tokenHash: Buffer,
    now: Date,
    viewer?: SessionOwner,
  ): Promise<OneTimeTokenOwner | undefined> {
    const isTheirs = viewer
      ? sql`u.id = ${viewer.userId} and exists (select ${fromLiveSession(viewer, now)})`
      : sql`true`;
    const { rows } = await sql<OneTimeTokenOwner>`
      with owner as (
        select u.id from auth_one_time_token t join auth_user u on u.id = t.user_id
        where t.token_hash = ${tokenHash} and t.purpose = ${purpose} and ${isTheirs} for no key update of u
      ), consumed as (
        update auth_one_time_token t set consumed_at = ${now} from owner
        where t.user_id = owner.id and t.token_hash = ${tokenHash} and t.purpose = ${purpose}
          and ${isUsable(now)}
        returning t.id, t.user_id, t.email, t.claim_id
      ), others as (
        update auth_one_time_token t set consumed_at = ${now} from consumed
        where t.user_id = consumed.user_id and t.purpose = ${purpose} and t.consumed_at is null and t.id <> consumed.id
      )
      select user_id as "userId", email, claim_id as "claimId" from consumed`.execute(this.em.getKysely());
    return rows[0];
  }

  /** Returns whether a token, consumed or not, is for the current and verified address of its owner, who is active. */
  async isOfVerifiedUser(tokenHash: Buffer): Promise<boolean> {
    const { rows } = await sql`
      select from auth_one_time_token t join auth_user u on u.id = t.user_id and u.email = t.email
      where t.token_hash = ${tokenHash} and t.purpose = 'VERIFY_EMAIL' and u.active
        and u.email_verified_at is not null`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /**
   * Returns whether the viewer's session is live, and whether a consumed token is for the current and verified address of the
   * viewer.
   */
  async findChange(
    tokenHash: Buffer,
    viewer: SessionOwner,
    now: Date,
  ): Promise<{ viewerIsLive: boolean; isDone: boolean }> {
    const { rows } = await sql<{ viewerIsLive: boolean; isDone: boolean }>`
      select exists (select ${fromLiveSession(viewer, now)}) as "viewerIsLive", exists (
        select from auth_one_time_token t join auth_user u on u.id = t.user_id and u.email = t.email
        where t.token_hash = ${tokenHash} and t.purpose = 'CHANGE_EMAIL' and t.consumed_at is not null
          and u.id = ${viewer.userId} and u.email_verified_at is not null
      ) as "isDone"`.execute(this.em.getKysely());
    return rows[0] ?? { viewerIsLive: false, isDone: false };
  }

  /** Consumes the open tokens of a user: all, or those of the given purposes. */
  async consumeAll(userId: string, now: Date, purposes?: readonly OneTimePurpose[]): Promise<void> {
    const chosen = purposes === undefined ? sql`true` : sql`purpose = any(${purposes}::text[])`;
    await sql`
      update auth_one_time_token set consumed_at = ${now}
      where user_id = ${userId} and consumed_at is null and ${chosen}`.execute(this.em.getKysely());
  }

  /**
   * Returns a token by its id, or `undefined` if it can no longer be used: it is consumed or expired, or its user is
   * inactive, has a different address, has already verified this one, or is invited and has a password.
   */
  async findUsable(
    purpose: OneTimePurpose,
    id: string,
    now: Date,
  ): Promise<{ readonly tokenHash: Buffer; readonly expiresAt: Date } | undefined> {
    const { rows } = await sql<{ tokenHash: Buffer; expiresAt: string }>`
      select t.token_hash as "tokenHash", t.expires_at as "expiresAt"
      from auth_one_time_token t join auth_user u on u.id = t.user_id
      where t.id = ${id} and t.purpose = ${purpose} and ${isUsable(now)}
        and u.active and (t.purpose = 'CHANGE_EMAIL' or u.email = t.email)
        and (t.purpose <> 'VERIFY_EMAIL' or u.email_verified_at is null)
        and (t.purpose <> 'INVITATION' or u.password_hash is null)`.execute(this.em.getKysely());
    return rows[0] && { ...rows[0], expiresAt: new Date(rows[0].expiresAt) };
  }
}

/** True for an open token of `auth_one_time_token t`, unless it was created before the clock was set back. */
function isUsable(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(t.consumed_at is null and t.expires_at > ${now}
    and t.created_at <= ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS)})`;
}
