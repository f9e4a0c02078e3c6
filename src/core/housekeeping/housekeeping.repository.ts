import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { DATABASE_SECONDS } from '../../platform/database/database-clock.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** The instants before which data of each kind is deleted. */
export interface Cutoffs {
  /** For sessions that have ended, deleted service accounts, and tokens that are consumed or expired. */
  readonly ended: Date;
  /** For sign-in attempts, which no longer count for the lockout. */
  readonly attempts: Date;
  /** For email limits whose period has ended. */
  readonly now: Date;
  /** For registration claims whose links have expired. */
  readonly claims: Date;
  /** For call counts that expire too far in the future, because the clock was set back. */
  readonly laterThan: Date;
  /** For devices without a sign-in. */
  readonly devices: Date;
}

/** The expired rows of a table. */
export interface ExpiredRows {
  readonly table: string;
  readonly key: string;
  readonly over: RawBuilder<unknown>;
}

/** A range of the audit trail. Its ids are ordered by time. */
export interface TrailRange {
  /** What operators and programs did, or everything else. */
  readonly ofOperators: boolean;
  /** The last id that an earlier batch has deleted. */
  readonly after: string;
  /** The lowest id that is kept. */
  readonly before: string;
}

/** Deletes expired rows in batches. Skips rows that another process has locked. */
export class HousekeepingRepository {
  constructor(private readonly em: EntityManager) {}

  /** The time of the database's clock. */
  async findEpochSeconds(): Promise<number> {
    const { rows } = await sql<{ now: number }>`select ${DATABASE_SECONDS} as now`.execute(this.em.getKysely());
    return onlyRow(rows).now;
  }

  /** What is deleted from each table. */
  expiredRows({ ended, attempts, claims, devices, laterThan, now }: Cutoffs): readonly ExpiredRows[] {
    const attemptIsOver = sql`last_attempt_at < ${attempts} and (locked_until is null or locked_until < ${attempts})`;
    const countIsOver = sql`expire < ${now.getTime()} or expire > ${laterThan.getTime()}`;
    return [
      { table: 'auth_session', key: 'id', over: sql`expires_at < ${ended} or revoked_at < ${ended}` },
      { table: 'auth_one_time_token', key: 'id', over: sql`expires_at < ${ended} or consumed_at < ${ended}` },
      { table: 'auth_login_attempt', key: 'key_hash', over: attemptIsOver },
      { table: 'auth_email_limit', key: 'key_hash', over: sql`resets_at < ${now} and next_at < ${now}` },
      { table: 'auth_registration_claim', key: 'id', over: sql`created_at < ${claims}` },
      { table: 'auth_rate_limit', key: 'key', over: countIsOver },
      { table: 'auth_service_account', key: 'id', over: sql`deleted_at < ${ended}` },
      { table: 'auth_device', key: 'id', over: sql`last_used_at < ${devices}` },
    ];
  }

  /** Deletes at most `limit` of the expired rows of a table, and returns how many. */
  async deleteBatch({ table, key, over }: ExpiredRows, limit: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)} where ${over} limit ${limit} for update skip locked
      )`.execute(this.em.getKysely());
    return Number(numAffectedRows);
  }

  /** Deletes the first events of a range, and returns their number and the last of their ids. */
  async deleteEvents(
    { ofOperators, after, before }: TrailRange,
    limit: number,
  ): Promise<{ deleted: number; last: string | null }> {
    const { rows } = await sql<{ deleted: number; last: string | null }>`
      with old as (
        select id from auth_security_event
        where id > ${after} and id < ${before} and (actor_kind in ('OPERATOR', 'SERVICE')) = ${ofOperators}::boolean
        order by id limit ${limit} for update skip locked
      ), gone as (delete from auth_security_event e using old where e.id = old.id returning e.id)
      select count(*)::int as deleted, (select id from gone order by id desc limit 1) as last from gone`.execute(
      this.em.getKysely(),
    );
    return rows[0] ?? { deleted: 0, last: null };
  }
}
