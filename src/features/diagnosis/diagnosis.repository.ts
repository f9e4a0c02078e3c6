import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { DatabaseFacts, TableFacts } from './diagnosis.js';
import { DATABASE_SECONDS } from '../../platform/database/database-clock.js';
import { onlyRow } from '../../platform/database/only-row.js';
import { findMissingPrivileges } from '../../platform/database/privileges.js';

/** About as many users as are read in a second. */
const COUNTED_USERS = 1_000_000;
/** Enough sessions to see whether all of them have one client address. */
const SAMPLE = 100;

/** Reads what tells whether the service and its database fit together. */
export class DiagnosisRepository {
  constructor(private readonly em: EntityManager) {}

  async findDatabaseFacts(): Promise<DatabaseFacts> {
    const { rows } = await sql<DatabaseFacts>`
      select current_setting('server_version') as version, ${DATABASE_SECONDS} as "epochSeconds",
        array(select name from pg_settings where setting = 'off'
          and name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name) as "unsafeSettings",
        (select least(
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - coalesce(current_setting('reserved_connections', true)::int, 0),
            nullif(rolconnlimit, -1), nullif(datconnlimit, -1))
          from pg_roles, pg_database where rolname = current_user and datname = current_database()) as "maxConnections"
      `.execute(this.em.getKysely());
    return onlyRow(rows);
  }

  /** Describes the privileges that the role lacks; `undefined` if it lacks none. */
  async findMissingPrivileges(): Promise<string | undefined> {
    return findMissingPrivileges(this.em);
  }

  /** Reads the password hashes of about a million users, so that it stays within the time limit for a statement. */
  async findTableFacts({ aDayAgo, aYearAgo }: Readonly<Record<'aDayAgo' | 'aYearAgo', Date>>): Promise<TableFacts> {
    const { rows } = await sql<Omit<TableFacts, 'oldestEventAt'> & { oldestEventAt: string | null }>`
      with recent as (select ip_address from auth_session order by id desc limit ${SAMPLE}),
      counted as (
        select least(1, ${COUNTED_USERS} / greatest(reltuples, 1))::float8 as share from pg_class
        where oid = to_regclass('auth_user')
      ), hashes as (
        select count(*) as foreign_hashes from auth_user tablesample system (100 * (select share from counted))
        where password_hash not like '$2%'
      )
      select (select min(occurred_at) from auth_outbox) as "oldestEventAt",
        (select round(foreign_hashes / share)::float8 from hashes, counted) as "foreignHashes",
        (select share < 1 from counted) as "isEstimate",
        (select count(*)::int from auth_user where erase_after < ${aDayAgo} and not active) as "overdueErasures",
        (select count(*)::int from auth_service_key where revoked_at is null and created_at < ${aYearAgo}) as "oldServiceKeys",
        (select count(*)::int from recent where ip_address is not null) as "recentSessions",
        (select count(distinct ip_address)::int from recent) as "recentAddresses"`.execute(this.em.getKysely());
    const row = onlyRow(rows);
    return { ...row, oldestEventAt: row.oldestEventAt === null ? null : new Date(row.oldestEventAt) };
  }
}
