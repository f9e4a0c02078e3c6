import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { addressKey, keyOf } from '../../core/attempts/login-attempt.row.js';
import { insertEvents, isAbout, isTraceOf, type EventSubjects } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';

/** An account that is being erased. */
export interface DueAccount {
  readonly id: string;
  readonly email: string;
}

/** Erases closed accounts, and what other tables keep about them by id or address. */
export class ErasureRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Locks accounts whose time is over until the current transaction ends. Skips those that another process is erasing or
   * restoring, and those with the ids in `except`.
   */
  async lockDue(now: Date, limit: number, except: readonly string[] = []): Promise<DueAccount[]> {
    const { rows } = await sql<DueAccount>`
      select u.id, u.email from auth_user u where u.erase_after <= ${now} and not u.active
        and u.id <> all(${except}::uuid[])
      order by u.erase_after limit ${limit} for update skip locked`.execute(this.em.getKysely());
    return rows;
  }

  /** Deletes the counters of wrong passwords of accounts and of their devices, in the order in which others lock them. */
  async deleteAttempts({ userIds, addresses }: EventSubjects): Promise<void> {
    await sql`
      delete from auth_login_attempt where key_hash in (
        select c.key_hash from auth_login_attempt c where c.key_hash in (
          select ${addressKey(sql`address`)} from unnest(${addresses}::text[]) address
          union all
          select ${keyOf(sql`'device:' || d.id`)} from auth_device d where d.user_id = any(${userIds}::uuid[])
        ) order by c.key_hash for update
      )`.execute(this.em.getKysely());
  }

  async deleteEmailLimits(keys: readonly Buffer[]): Promise<void> {
    await sql`delete from auth_email_limit where key_hash = any(${keys}::bytea[])`.execute(this.em.getKysely());
  }

  /**
   * Deletes events that have not been relayed, and removes the IP address and the User-Agent from events about others that
   * these users caused. Waits for the relay, so that later statements see what it has written.
   */
  async deleteEvents(subjects: EventSubjects): Promise<void> {
    await sql`delete from auth_outbox o where ${isAbout(sql`o.payload`, subjects)}`.execute(this.em.getKysely());
    await sql`
      update auth_outbox o set origin = o.origin - 'ipAddress' - 'userAgent'
      where ${isTraceOf(sql`o.origin`, subjects)}`.execute(this.em.getKysely());
  }

  /** Removes addresses, user agents and details from the audit trail, which keeps that something happened. */
  async cleanTrail({ userIds }: EventSubjects): Promise<void> {
    await sql`
      with about as (
        update auth_security_event set ip_address = null, user_agent = null, details = null
        where user_id = any(${userIds}::uuid[])
      )
      update auth_security_event set ip_address = null, user_agent = null
      where actor_id = any(${userIds}::uuid[]) and actor_kind in ('OPERATOR', 'SERVICE')
        and not coalesce(user_id = any(${userIds}::uuid[]), false)`.execute(this.em.getKysely());
  }

  /** Deletes accounts with everything that refers to them, and records their events. */
  async deleteAccounts({ userIds }: EventSubjects, events: readonly RecordedEvent[]): Promise<void> {
    await sql`
      with gone as (delete from auth_user where id = any(${userIds}::uuid[]))
      ${insertEvents(events, sql`true`)}`.execute(this.em.getKysely());
  }
}
