import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { lockedUntil } from '../../core/attempts/locked-until.row.js';
import { insertEventForEach, insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { isLive, revokedBy } from '../../core/sessions/session.row.js';
import { staleUntilNow } from '../../core/users/stale-tokens.row.js';
import type { Account, AccountFilter, AccountName, AccountStatus } from './account.js';

interface Row {
  id: string;
  email: string;
  emailVerifiedAt: string | null;
  firstName: string | null;
  lastName: string | null;
  status: AccountStatus;
  roles: string[];
  hasPassword: boolean;
  createdAt: string;
  lastLoginAt: string | null;
  deactivatedAt: string | null;
  deactivationReason: string | null;
  closedAt: string | null;
  eraseAfter: string | null;
  lockedUntil: string | null;
}

const STATUS = sql`case when u.closed_at is not null then 'closed' when u.active then 'active' else 'deactivated' end`;

/** The events of a change: of the account, and of each session that ends. */
export interface ChangeEvents {
  readonly changed: RecordedEvent;
  readonly sessionEnded: RecordedEvent;
}

/** Reads and changes accounts for operators. */
export class AccountRepository {
  constructor(private readonly em: EntityManager) {}

  async find(name: AccountName, now: Date): Promise<Account | undefined> {
    const isNamed = 'id' in name ? sql`u.id = ${name.id}::uuid` : sql`u.email = ${name.email}`;
    const { rows } = await sql<Row>`${selectAccounts(now)} where ${isNamed}`.execute(this.em.getKysely());
    return rows[0] && toAccount(rows[0]);
  }

  /** Returns accounts in the order of their ids. Filters scan the table. */
  async list({ search, status, role, locked }: AccountFilter, page: AccountPage, now: Date): Promise<Account[]> {
    const { rows } = await sql<Row>`
      ${selectAccounts(now)} where u.id > ${page.after}::uuid
        and (${search ?? null}::text is null or starts_with(u.email, ${search ?? null}::text))
        and (${status ?? null}::text is null or ${STATUS} = ${status ?? null}::text)
        and (${role ?? null}::text is null or ${role ?? null}::text = any(u.roles))
        and (${locked ?? null}::boolean is null or (${lockedUntil(now)} is not null) = ${locked ?? null}::boolean)
      order by u.id limit ${page.limit}`.execute(this.em.getKysely());
    return rows.map(toAccount);
  }

  /**
   * Marks the address of an account as verified, and discards open registrations and verification links. Returns false if it
   * was verified already.
   */
  async verifyEmail(userId: string, now: Date, event: RecordedEvent): Promise<boolean> {
    const { rows } = await sql`
      with changed as (
        update auth_user u set email_verified_at = ${now}
        where u.id = ${userId} and u.email_verified_at is null returning u.id
      ), claims as (
        delete from auth_registration_claim using changed where user_id = changed.id
      ), consumed as (
        update auth_one_time_token t set consumed_at = ${now} from changed
        where t.user_id = changed.id and t.purpose = 'VERIFY_EMAIL' and t.consumed_at is null
      ), event as (${insertEvents([event], sql`exists (select from changed)`)})
      select id from changed`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Closes an account, and ends its sessions and one-time tokens. Returns false if it was closed already. */
  async deactivate(userId: string, reason: string | null, now: Date, events: ChangeEvents): Promise<boolean> {
    const closed = sql`active = false, deactivated_at = ${now}, deactivation_reason = ${reason}`;
    return this.change(sql`${closed}, tokens_not_before = ${staleUntilNow(now)}`, sql`u.active`, userId, now, events);
  }

  /**
   * Opens an account again, unless it is open or its time of grace is over; returns whether it did. A sign-in that ran while the account was closed may have left a
   * session that the closing did not see, so sessions and tokens end here too.
   */
  async reactivate(userId: string, now: Date, events: ChangeEvents): Promise<boolean> {
    const opened = sql`active = true, deactivated_at = null, deactivation_reason = null, closed_at = null, erase_after = null`;
    const canBeOpened = sql`not u.active and (u.erase_after is null or u.erase_after > ${now})`;
    return this.change(opened, canBeOpened, userId, now, events);
  }

  /** Locks the sessions in the order of their ids, so that it never deadlocks. */
  private async change(
    assignments: RawBuilder<unknown>,
    condition: RawBuilder<unknown>,
    userId: string,
    now: Date,
    { changed, sessionEnded }: ChangeEvents,
  ): Promise<boolean> {
    const { rows } = await sql`
      with changed as (
        update auth_user u set ${assignments} where u.id = ${userId} and ${condition} returning u.id
      ), chosen as (
        select s.id from auth_session s join changed on changed.id = s.user_id where ${isLive(now)}
        order by s.id for update of s
      ), revoked as (
        update auth_session as s set ${revokedBy('DEACTIVATED', now)} from chosen where s.id = chosen.id returning s.id
      ), consumed as (
        update auth_one_time_token t set consumed_at = ${now} from changed
        where t.user_id = changed.id and t.consumed_at is null
      ), event as (${insertEvents([changed], sql`exists (select from changed)`)}),
      ended as (${insertEventForEach(sql`revoked`, sessionEnded, sql`jsonb_build_object('sessionId', revoked.id)`)})
      select id from changed`.execute(this.em.getKysely());
    return rows.length > 0;
  }
}

export interface AccountPage {
  /** The id of the last account of the page before. */
  readonly after: string;
  readonly limit: number;
}

function selectAccounts(now: Date): RawBuilder<unknown> {
  return sql`
    select u.id, u.email, u.email_verified_at as "emailVerifiedAt", u.first_name as "firstName",
      u.last_name as "lastName", ${STATUS} as status, u.roles, u.password_hash is not null as "hasPassword",
      u.created_at as "createdAt", u.last_login_at as "lastLoginAt", u.deactivated_at as "deactivatedAt",
      u.deactivation_reason as "deactivationReason", u.closed_at as "closedAt", u.erase_after as "eraseAfter",
      ${lockedUntil(now)} as "lockedUntil"
    from auth_user u`;
}

function toAccount(row: Row): Account {
  return {
    ...row,
    emailVerifiedAt: toDate(row.emailVerifiedAt),
    createdAt: new Date(row.createdAt),
    lastLoginAt: toDate(row.lastLoginAt),
    deactivatedAt: toDate(row.deactivatedAt),
    closedAt: toDate(row.closedAt),
    eraseAfter: toDate(row.eraseAfter),
    lockedUntil: toDate(row.lockedUntil),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
