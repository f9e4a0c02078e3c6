import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import { endAccess, type ChangeEvents } from '../../core/management/ended-access.row.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { staleUntilNow } from '../../core/users/stale-tokens.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** Changes accounts for operators. The caller must have locked the account, so that a change sees all that belongs to it. */
export class AccountChangeRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Marks the address of an account as verified if the account has it, and discards open registrations and verification
   * links.
   */
  async verifyEmail(account: ManagedAccount, email: string, now: Date, event: RecordedEvent): Promise<ChangeOutcome> {
    const { rows } = await sql<ChangeOutcomeRow>`
      with ${managedAccount(account, { now, mayBeSelf: true })},
      changed as (
        update auth_user u set email_verified_at = ${now} from target t
        where u.id = t.id and t.email = ${email} and t.email_verified_at is null returning u.*
      ), claims as (
        delete from auth_registration_claim using changed where user_id = changed.id
      ), consumed as (
        update auth_one_time_token t set consumed_at = ${now} from changed
        where t.user_id = changed.id and t.purpose = 'VERIFY_EMAIL' and t.consumed_at is null
      ), event as (${insertEvents([event], sql`exists (select from changed)`)})
      ${changeOutcome(now)}`.execute(this.em.getKysely());
    return toChangeOutcome(onlyRow(rows));
  }

  /** Deactivates an account, and ends its sessions and one-time tokens. */
  async deactivate(
    account: ManagedAccount,
    reason: string | null,
    now: Date,
    events: ChangeEvents,
  ): Promise<ChangeOutcome> {
    const closed = sql`active = false, deactivated_at = ${now}, deactivation_reason = ${reason}`;
    return this.change(account, sql`${closed}, tokens_not_before = ${staleUntilNow(now)}`, sql`t.active`, now, events);
  }

  /** Opens an account again. Sessions and tokens end here too, so that none of an earlier build remains. */
  async reactivate(account: ManagedAccount, now: Date, events: ChangeEvents): Promise<ChangeOutcome> {
    const opened = sql`active = true, deactivated_at = null, deactivation_reason = null, closed_at = null, erase_after = null`;
    return this.change(account, opened, sql`not t.active`, now, events);
  }

  private async change(
    account: ManagedAccount,
    assignments: RawBuilder<unknown>,
    condition: RawBuilder<unknown>,
    now: Date,
    { changed, sessionEnded }: ChangeEvents,
  ): Promise<ChangeOutcome> {
    const { rows } = await sql<ChangeOutcomeRow>`
      with ${managedAccount(account, { now, mayBeSelf: false })},
      changed as (
        update auth_user u set ${assignments} from target t where u.id = t.id and ${condition} returning u.*
      ), ${endAccess('DEACTIVATED', sessionEnded, now)},
      event as (${insertEvents([changed], sql`exists (select from changed)`)})
      ${changeOutcome(now)}`.execute(this.em.getKysely());
    return toChangeOutcome(onlyRow(rows));
  }
}
