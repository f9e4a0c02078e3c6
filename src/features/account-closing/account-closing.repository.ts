import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import { endAccess } from '../../core/management/ended-access.row.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { staleUntilNow } from '../../core/users/stale-tokens.row.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import type { User } from '../../core/users/user.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** When an account was closed, and when it is erased. */
export interface ClosingTimes {
  readonly closedAt: Date;
  readonly eraseAfter: Date;
}

/** The events of a closing: of the account, and of each session that ends. */
export interface ClosingEvents {
  readonly closed: RecordedEvent;
  readonly sessionEnded: RecordedEvent;
}

export interface ClosingOutcome extends ChangeOutcome {
  /** When the account is erased; `undefined` if it is not closed, or if the operator may not close it. */
  readonly eraseAfter: Date | undefined;
}

interface TimesRow {
  readonly closedAt: string;
  readonly eraseAfter: string;
}

const TIMES = sql`u.closed_at as "closedAt", u.erase_after as "eraseAfter"`;

/** Closes accounts. */
export class AccountClosingRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns a closed account. */
  async findClosed(userId: string): Promise<(ClosingTimes & { readonly user: User }) | undefined> {
    const { rows } = await sql<UserRow & TimesRow>`
      select ${USER_COLUMNS}, ${TIMES} from auth_user u where u.id = ${userId} and u.closed_at is not null`.execute(
      this.em.getKysely(),
    );
    return rows[0] && { user: toUser(rows[0]), ...toTimes(rows[0]) };
  }

  /**
   * Closes an account, and ends its sessions and one-time tokens.
   * @param email the address that the account must have, if it is given
   */
  async close(
    account: ManagedAccount,
    email: string | undefined,
    { closedAt: now, eraseAfter }: ClosingTimes,
    { closed, sessionEnded }: ClosingEvents,
  ): Promise<ClosingOutcome> {
    const isMeant = email === undefined ? sql`true` : sql`t.email = ${email}`;
    const { rows } = await sql<ChangeOutcomeRow & { readonly eraseAfter: string | null }>`
      with ${managedAccount(account, { now, mayBeSelf: false })},
      changed as (
        update auth_user u set active = false, closed_at = ${now}, erase_after = ${eraseAfter},
          tokens_not_before = ${staleUntilNow(now)}
        from target t where u.id = t.id and t.closed_at is null and ${isMeant} returning u.*
      ), ${endAccess('ACCOUNT_CLOSED', sessionEnded, now)},
      event as (${insertEventsFrom(sql`changed`, [closed], sql`jsonb_build_object('email', changed.email)`)})
      select o.*, coalesce((select erase_after from changed), (select erase_after from target)) as "eraseAfter"
      from (${changeOutcome(now)}) o`.execute(this.em.getKysely());
    const row = onlyRow(rows);
    return { ...toChangeOutcome(row), eraseAfter: row.eraseAfter === null ? undefined : new Date(row.eraseAfter) };
  }
}

function toTimes({ closedAt, eraseAfter }: TimesRow): ClosingTimes {
  return { closedAt: new Date(closedAt), eraseAfter: new Date(eraseAfter) };
}
