import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';
import { fromLiveSession } from '../sessions/session.row.js';
import type { SessionOwner } from '../sessions/session.js';
import type { OneTimePurpose } from './one-time-token.js';

export interface NewOneTimeToken {
  readonly id: string;
  readonly userId: string;
  readonly purpose: OneTimePurpose;
  readonly email: string;
  readonly claimId?: string | null;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Whom a token was made for, and for which address. */
export interface OneTimeTokenOwner {
  readonly userId: string;
  readonly email: string;
  readonly claimId: string | null;
}

/**
 * Everything that is asked of `auth_one_time_token`. Each method is one statement. Those that begin a change lock the
 * user before any token, as every other change of an account does: two of them never wait for each other.
 */
export class OneTimeTokenRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a token and consumes the older ones of its purpose and claim. Returns false, and changes nothing, if it was
   * stored before. The caller holds the user's row: what is seen here is not older than that.
   */
  async insert(token: NewOneTimeToken): Promise<boolean> {
    const { createdAt, claimId = null } = token;
    const { rows } = await sql`
      with stored as (
        insert into auth_one_time_token (id, user_id, purpose, email, claim_id, token_hash, created_at, expires_at)
        select ${token.id}::uuid, owner.id, ${token.purpose}, ${token.email}, ${claimId}::uuid, ${token.tokenHash}::bytea,
          ${createdAt}::timestamptz, ${token.expiresAt}::timestamptz from auth_user owner where owner.id = ${token.userId}
        on conflict (id) do nothing returning id
      ), spent as (
        update auth_one_time_token t set consumed_at = ${createdAt} from stored
        where t.user_id = ${token.userId} and t.purpose = ${token.purpose} and t.consumed_at is null
          and t.claim_id is not distinct from ${claimId}::uuid and t.id <> stored.id
      )
      select id from stored`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** The owner of a token that is still good, which it stays. */
  async find(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<OneTimeTokenOwner | undefined> {
    const { rows } = await sql<OneTimeTokenOwner>`
      select t.user_id as "userId", t.email, t.claim_id as "claimId" from auth_one_time_token t
      where t.token_hash = ${tokenHash} and t.purpose = ${purpose} and ${isUsable(now)}`.execute(this.em.getKysely());
    return rows[0];
  }

  /**
   * Consumes a valid token and every other of its purpose; returns `undefined` if it is not valid.
   * @param viewer whose live session must be one of the token's user
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

  /** Whether a token, spent or not, was made for the address that its owner has and has verified. */
  async isOfVerifiedUser(tokenHash: Buffer): Promise<boolean> {
    const { rows } = await sql`
      select from auth_one_time_token t join auth_user u on u.id = t.user_id and u.email = t.email
      where t.token_hash = ${tokenHash} and t.purpose = 'VERIFY_EMAIL' and u.email_verified_at is not null`.execute(
      this.em.getKysely(),
    );
    return rows.length > 0;
  }

  /** Whether the viewer's session is live, and whether a token moved the account to the address that it has now. */
  async findChange(
    tokenHash: Buffer,
    viewer: SessionOwner,
    now: Date,
  ): Promise<{ viewerIsLive: boolean; isDone: boolean }> {
    const { rows } = await sql<{ viewerIsLive: boolean; isDone: boolean }>`
      select exists (select ${fromLiveSession(viewer, now)}) as "viewerIsLive", exists (
        select from auth_one_time_token t join auth_user u on u.id = t.user_id and u.email = t.email
        where t.token_hash = ${tokenHash} and t.purpose = 'CHANGE_EMAIL' and t.consumed_at is not null
          and u.id = ${viewer.userId}
      ) as "isDone"`.execute(this.em.getKysely());
    return rows[0] ?? { viewerIsLive: false, isDone: false };
  }

  /** Spends the open tokens of a user: those of some purposes, or all. */
  async consumeAll(userId: string, now: Date, purposes?: readonly OneTimePurpose[]): Promise<void> {
    const chosen = purposes === undefined ? sql`true` : sql`purpose = any(${purposes}::text[])`;
    await sql`
      update auth_one_time_token set consumed_at = ${now}
      where user_id = ${userId} and consumed_at is null and ${chosen}`.execute(this.em.getKysely());
  }

  /**
   * Until when a token can still be used. Returns `undefined` if it no longer can: it is consumed or expired, or its
   * user is inactive, has another address by now or has already verified this one.
   */
  async findUsableUntil(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<Date | undefined> {
    const { rows } = await sql<{ expiresAt: string }>`
      select t.expires_at as "expiresAt" from auth_one_time_token t join auth_user u on u.id = t.user_id
      where t.token_hash = ${tokenHash} and t.purpose = ${purpose} and ${isUsable(now)}
        and u.active and (t.purpose = 'CHANGE_EMAIL' or u.email = t.email)
        and (t.purpose <> 'VERIFY_EMAIL' or u.email_verified_at is null)`.execute(this.em.getKysely());
    return rows[0] && new Date(rows[0].expiresAt);
  }
}

/** True for an open token of `auth_one_time_token t`; not for one dated by a clock that has been set back since. */
function isUsable(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(t.consumed_at is null and t.expires_at > ${now}
    and t.created_at <= ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS)})`;
}
