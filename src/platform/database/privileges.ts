import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { DatabaseSetupError } from './database-setup.error.js';
import { connect } from './orm.js';
import {
  inspectUsable,
  jobSchemaOf,
  quote,
  requireVisibleRows,
  requireWritable,
  tableNames,
  type UsableInstallation,
} from './installation.js';
import { onlyRow } from './only-row.js';

interface Unusable {
  readonly name: string;
}

/** @throws DatabaseSetupError the role may not read and write all rows; names the statements that allow it */
export async function requirePrivileges(em: EntityManager): Promise<void> {
  const problem = await findMissingPrivileges(em);
  if (problem !== undefined) throw new DatabaseSetupError(problem);
}

/**
 * Which tables and functions the role may not use, and the statements that grant it; `undefined` if it may use all.
 * What has not been created is left out.
 * @throws DatabaseSetupError the database is unusable as configured
 */
export async function findMissingPrivileges(em: EntityManager): Promise<string | undefined> {
  const found = await inspectUsable(em);
  requireWritable(found);
  await requireVisibleRows(em, found);
  const { role, schema } = found;
  const jobs = jobSchemaOf(schema);
  const { rows } = await sql<Unusable>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (c.oid in (select to_regclass(quote_ident(t)) from unnest(${tableNames(em)}::text[]) t)
        -- Rows of partitions are reached through their table; pg-boss also names the partition of jobs itself.
        or (n.nspname = ${jobs} and relkind in ('r', 'p') and (not relispartition or relname = 'job_common')))
      and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
        and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
    union all
    select to_regclass('auth_migration')::text where not has_table_privilege(to_regclass('auth_migration'), 'select')
    union all
    select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = ${jobs} and not has_function_privilege(p.oid, 'execute')
    union all
    select quote_ident(nspname) from pg_namespace where nspname = ${jobs} and not has_schema_privilege(oid, 'usage')
    order by name`.execute(em.getKysely());
  if (rows.length === 0) return undefined;
  const names = rows.map(({ name }) => name).join(', ');
  const grants = await grantsFor(em, found);
  return `The role ${quote(role)} may not use everything that it needs: ${names}. As the owner of the tables, run ${grants}.`;
}

/** The statements that let the role of a connection string read and write rows. */
export async function grantsAt(url: string): Promise<string> {
  const orm = connect({ url, poolSize: 1, preparedStatements: false, tables: { entities: [], migrations: [] } });
  try {
    return await grantsFor(orm.em, await inspectUsable(orm.em));
  } finally {
    await orm.close();
  }
}

/**
 * The statements that let the role read and write rows. If the tables may be those of another service, also the one that
 * gives the role new tables.
 */
async function grantsFor(em: EntityManager, { firstSchema, role, schema }: UsableInstallation): Promise<string> {
  const { rows } = await sql<{ own: string; jobs: string }>`
    select quote_ident(${schema}) as own, quote_ident(${jobSchemaOf(schema)}) as jobs`.execute(em.getKysely());
  const { own, jobs } = onlyRow(rows);
  const separate =
    firstSchema === null || firstSchema === schema
      ? ''
      : `. If they belong to another service, run \`alter role ${quote(role)} set search_path to ${quote(firstSchema)}\` instead`;
  return (
    `\`grant usage on schema ${own}, ${jobs} to ${quote(role)}\`, ` +
    `\`grant select, insert, update, delete on all tables in schema ${own}, ${jobs} to ${quote(role)}\` and ` +
    `\`grant execute on all functions in schema ${jobs} to ${quote(role)}\`${separate}`
  );
}
