import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { noteMove } from '../../core/attempts/login-attempt.row.js';
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
import { isAddressTaken } from '../../core/users/user.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

export interface NewAddress {
  readonly email: string;
  /** Null if the address is not verified. */
  readonly verifiedAt: Date | null;
}

/** Changes addresses of any user, for operators. */
export class OperatorEmailChangeRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Changes the address of an account, and ends its sessions, one-time tokens and open registrations. Returns `taken` if
   * another account has the address. The caller must have locked the accounts, so that no session of an earlier sign-in stays.
   */
  async change(
    account: ManagedAccount,
    { email, verifiedAt }: NewAddress,
    now: Date,
    events: { readonly changed: RecordedEvent; readonly sessionEnded: RecordedEvent },
  ): Promise<ChangeOutcome | 'taken'> {
    try {
      const { rows } = await sql<ChangeOutcomeRow>`
        with ${managedAccount(account, { now, mayBeSelf: false })},
        changed as (
          update auth_user u
          set email = ${email}, email_verified_at = ${verifiedAt}, open_to_claims = false,
            tokens_not_before = ${staleUntilNow(now)}
          from target t where u.id = t.id and t.email <> ${email} returning u.*
        ), claims as (
          delete from auth_registration_claim using changed where user_id = changed.id
        ), moved as (
          select u.id, u.email, t.email as previous_email from changed u join target t on t.id = u.id
        ), ${noteMove(sql`moved`, now)}, ${endAccess('EMAIL_CHANGED', events.sessionEnded, now)},
        event as (${insertEventsFrom(
          sql`moved`,
          [events.changed],
          sql`jsonb_build_object('previousEmail', moved.previous_email)`,
        )})
        ${changeOutcome(now)}`.execute(this.em.getKysely());
      return toChangeOutcome(onlyRow(rows));
    } catch (error) {
      if (isAddressTaken(error)) return 'taken';
      throw error;
    }
  }
}
