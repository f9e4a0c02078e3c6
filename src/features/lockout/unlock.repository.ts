import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { forgetAttempts } from '../../core/attempts/login-attempt.row.js';
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

/** Ends lockouts. Stores the event only if the account was locked. */
export class UnlockRepository {
  constructor(private readonly em: EntityManager) {}

  /** Resets the attempts on the address of an account and on its known devices. */
  async unlock(account: ManagedAccount, now: Date, event: RecordedEvent): Promise<ChangeOutcome> {
    const { rows } = await sql<ChangeOutcomeRow>`
      with ${managedAccount(account, { now, mayBeSelf: true })}, ${unlocking(sql`(select email from target)`, now, event)}
      ${changeOutcome(now, { row: sql`target`, hasChanged: sql`(select was_locked from result)` })}`.execute(
      this.em.getKysely(),
    );
    return toChangeOutcome(onlyRow(rows));
  }

  /** Resets the attempts on an address, which needs no account, and on the known devices. Returns whether it was locked. */
  async unlockAddress(email: string, now: Date, event: RecordedEvent): Promise<boolean> {
    const { rows } = await sql<{ changed: boolean }>`
      with target as (select id from auth_user where email = ${email}),
      ${unlocking(sql`${email}::text`, now, event)}
      select was_locked as changed from result`.execute(this.em.getKysely());
    return onlyRow(rows).changed;
  }
}

/** The steps that reset the attempts on the address of `target`, if there is one; the last is `result`. */
function unlocking(email: RawBuilder<unknown>, now: Date, event: RecordedEvent): RawBuilder<unknown> {
  return sql`${forgetAttempts(email)},
    result as (select coalesce(bool_or(locked_until > ${now}), false) as was_locked from forgotten),
    event as (${insertEventsFrom(
      sql`(select target.id from target, result where was_locked) unlocked`,
      [event],
      sql`jsonb_build_object('userId', unlocked.id)`,
    )})`;
}
