import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { DATABASE_SECONDS } from '../../platform/database/database-clock.js';
import { onlyRow } from '../../platform/database/only-row.js';
import { expiredRows } from './expired.row.js';
import type { Cutoffs, ExpiringTable } from './expiring-table.js';

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

  /** Deletes at most `limit` of the expired rows of a table, and returns how many. */
  async deleteBatch(table: ExpiringTable, cutoffs: Cutoffs, limit: number): Promise<number> {
    const { key, over } = expiredRows(cutoffs)[table];
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
