import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../kernel/clock.js';
import type { OneTimePurpose } from './one-time-token.js';

export interface NewOneTimeToken {
  readonly id: string;
  readonly userId: string;
  readonly purpose: OneTimePurpose;
  readonly email: string;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Whom a token was made for, and for which address. */
export interface OneTimeTokenOwner {
  readonly userId: string;
  readonly email: string;
}

/**
 * Everything that is asked of `auth_one_time_token`. Each method is one statement. Those that begin a change lock the
 * user before any token, as every other change of an account does: two of them never wait for each other.
 */
export class OneTimeTokenRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a token and spends the older ones of its purpose. Storing one twice changes nothing, and nor does storing one
   * while another for the address, made since `unlessSince`, is still good. Answers whether it was stored. The caller
   * holds the user's row: then what is seen here is not older than that.
   */
  async insert(token: NewOneTimeToken, unlessSince?: Date): Promise<boolean> {
    const { createdAt } = token;
    const { rows } = await sql`
      with stored as (
        insert into auth_one_time_token (id, user_id, purpose, email, token_hash, created_at, expires_at)
        select ${token.id}::uuid, owner.id, ${token.purpose}, ${token.email}, ${token.tokenHash}::bytea,
          ${createdAt}::timestamptz, ${token.expiresAt}::timestamptz from auth_user owner
        where owner.id = ${token.userId} and not exists (
          select from auth_one_time_token t where t.user_id = owner.id and t.purpose = ${token.purpose}
            and t.email = ${token.email} and t.consumed_at is null
            and t.created_at > ${unlessSince ?? null}::timestamptz and t.created_at <= ${createdAt}
        )
        on conflict (id) do nothing returning id
      ), spent as (
        update auth_one_time_token t set consumed_at = ${createdAt} from stored
        where t.user_id = ${token.userId} and t.purpose = ${token.purpose} and t.consumed_at is null
          and t.id <> stored.id
      )
      select id from stored`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** The owner of a token that is still good, which it stays. */
  async find(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<OneTimeTokenOwner | undefined> {
    const { rows } = await sql<OneTimeTokenOwner>`
      select t.user_id as "userId", t.email from auth_one_time_token t
      where t.token_hash = ${tokenHash} and t.purpose = ${purpose} and ${isGood(now)}`.execute(this.em.getKysely());
    return rows[0];
  }

  /** Spends a token that is good, and every other of its purpose; answers undefined when it is not good. */
  async consume(purpose: OneTimePurpose, tokenHash: Buffer, now: Date): Promise<OneTimeTokenOwner | undefined> {
    const { rows } = await sql<OneTimeTokenOwner>`
      with owner as (
        select u.id from auth_one_time_token t join auth_user u on u.id = t.user_id
        where t.token_hash = ${tokenHash} and t.purpose = ${purpose} for no key update of u
      ), consumed as (
        update auth_one_time_token t set consumed_at = ${now} from owner
        where t.user_id = owner.id and t.token_hash = ${tokenHash} and t.purpose = ${purpose}
          and ${isGood(now)}
        returning t.id, t.user_id, t.email
      ), others as (
        update auth_one_time_token t set consumed_at = ${now} from consumed
        where t.user_id = consumed.user_id and t.purpose = ${purpose} and t.consumed_at is null and t.id <> consumed.id
      )
      select user_id as "userId", email from consumed`.execute(this.em.getKysely());
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

  /** Spends the open tokens of a user: those of some purposes, or all. */
  async spendAll(userId: string, now: Date, purposes?: readonly OneTimePurpose[]): Promise<void> {
    const chosen = purposes === undefined ? sql`true` : sql`purpose = any(${purposes}::text[])`;
    await sql`
      update auth_one_time_token set consumed_at = ${now}
      where user_id = ${userId} and consumed_at is null and ${chosen}`.execute(this.em.getKysely());
  }
}

/** True for an open token of `auth_one_time_token t`; not for one that a clock dated which was set back since. */
function isGood(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(t.consumed_at is null and t.expires_at > ${now}
    and t.created_at <= ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS)})`;
}
