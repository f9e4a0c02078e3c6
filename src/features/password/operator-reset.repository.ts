import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { countEmail, recipientKey, type EmailLimits } from '../../core/email/email-limit.row.js';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** Requests links that reset the password, for operators. */
export class OperatorResetRepository {
  constructor(private readonly em: EntityManager) {}

  /** Counts the email and stores the event if the account is active. `changed` is false if no email may be sent. */
  async request(
    account: ManagedAccount,
    { kind, limits }: { readonly kind: string; readonly limits: EmailLimits },
    now: Date,
    event: RecordedEvent,
  ): Promise<ChangeOutcome> {
    const quota = { ...limits, keyHash: recipientKey(kind, sql`(select email from recipient)`) };
    const { rows } = await sql<ChangeOutcomeRow>`
      with ${managedAccount(account, { now, mayBeSelf: true })},
      recipient as (select email from target where active),
      counted as (${countEmail(quota, sql`exists (select from recipient)`)}),
      event as (${insertEventsFrom(
        sql`(select email from recipient where exists (select from counted)) r`,
        [event],
        sql`jsonb_build_object('email', r.email)`,
      )})
      ${changeOutcome(now, { row: sql`target`, hasChanged: sql`exists (select from counted)` })}`.execute(
      this.em.getKysely(),
    );
    return toChangeOutcome(onlyRow(rows));
  }
}
