import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import { DatabaseSetupError } from './database-setup.error.js';
import { onlyRow } from './only-row.js';

/** Settings whose wrong values would corrupt data. */
const INDISPENSABLE = CONNECTION_SETTINGS.filter(([name]) =>
  ['DateStyle', 'client_encoding', 'standard_conforming_strings', 'array_nulls'].includes(name),
);

/** The names that pg-boss accepts for its schema. */
const USABLE_NAME = /^[^"'%$.\\\p{Cc}]+$/u;
const MAX_NAME_BYTES = 40;

/** The state of a database as the service finds it. */
export interface Installation {
  /** The schema that contains the tables, or will contain them; null if the search path names no schema. */
  readonly schema: string | null;
  /** The first schema of the search path that exists and that the role may use. */
  readonly firstSchema: string | null;
  /** Whether our migrations created the tables. */
  readonly isMigrated: boolean;
  readonly hasTables: boolean;
  readonly hasJobSchema: boolean;
  /** Whether the schema of the job queue contains the queue, and whether it contains nothing or is missing. */
  readonly hasJobQueue: boolean;
  readonly isJobSchemaEmpty: boolean;
  readonly isReadOnly: boolean;
  readonly database: string;
  readonly role: string;
  readonly encoding: string;
  /** The owner of the tables, if the role does not have its privileges; otherwise null. */
  readonly foreignOwner: string | null;
  /** Whether the role may create tables in the schema, and schemas in the database. */
  readonly mayCreateTables: boolean;
  readonly mayCreateSchemas: boolean;
  readonly mayCreateJobQueue: boolean;
  /** The values of these settings as seen in a separate transaction. */
  readonly settings: Readonly<Record<string, string>>;
}

export type UsableInstallation = Installation & { readonly schema: string };

/**
 * The schema of the job queue. Two services that share a database, each in its own schema, must not deliver each
 * other's events.
 */
export function jobSchemaOf(schema: string): string {
  return schema === 'public' ? 'auth_jobs' : `auth_jobs_${schema}`;
}

/** Inspects the database. Finds tables as statements do: along the search path. */
export async function inspect(em: EntityManager): Promise<Installation> {
  const settings = INDISPENSABLE.flatMap(([name]) => [sql.lit(name), sql`current_setting(${sql.lit(name)})`]);
  const { rows } = await sql<Installation>`
    select home.schema, current_schema() as "firstSchema", to_regclass('auth_migration') is not null as "isMigrated",
      to_regclass('auth_user') is not null as "hasTables",
      jobs.oid is not null as "hasJobSchema",
      exists (select from pg_class where relnamespace = jobs.oid and relname = 'version') as "hasJobQueue",
      not exists (select from pg_class where relnamespace = jobs.oid) as "isJobSchemaEmpty",
      current_setting('transaction_read_only') = 'on' as "isReadOnly",
      current_database() as database, current_user as role, current_setting('server_encoding') as encoding,
      case when not pg_has_role(home.relowner, 'usage') then pg_get_userbyid(home.relowner) end as "foreignOwner",
      coalesce(has_schema_privilege(home.schema, 'create'), false) as "mayCreateTables",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      jobs.oid is null or has_schema_privilege(jobs.oid, 'usage') and has_schema_privilege(jobs.oid, 'create') as "mayCreateJobQueue",
      json_build_object(${sql.join(settings)}) as settings
    from (
      select coalesce(n.nspname, (select name from unnest(current_schemas(false)) with ordinality path(name, place)
        where name !~ '^pg_' order by place limit 1)) as schema, c.relowner
      from (select to_regclass('auth_migration') as oid) m left join pg_class c using (oid)
        left join pg_namespace n on n.oid = c.relnamespace
    ) home left join pg_namespace jobs
      on jobs.nspname = case home.schema when 'public' then 'auth_jobs' else 'auth_jobs_' || home.schema end`.execute(
    em.getKysely(),
  );
  return onlyRow(rows);
}

/**
 * Inspects the database and rejects one that cannot work.
 * @throws DatabaseSetupError with the statement that fixes it
 */
export async function inspectUsable(em: EntityManager): Promise<UsableInstallation> {
  const found = await inspect(em);
  requireEncoding(found);
  requireSettings(found);
  return { ...found, schema: requireSchema(found) };
}

function requireEncoding({ database, encoding }: Installation): void {
  if (encoding === 'UTF8') return;
  throw new DatabaseSetupError(
    `The database ${quote(database)} is encoded in ${encoding}, which cannot represent every name and address. Create ` +
      `another one with \`create database ${quote(`${database}_utf8`)} encoding 'UTF8' template template0\`.`,
  );
}

function requireSettings({ database, role, settings }: Installation): void {
  for (const [name, value] of INDISPENSABLE)
    if (settings[name] !== value)
      throw new DatabaseSetupError(
        `Connections to the database ${quote(database)} do not keep ${name} at "${value}". Change their default with ` +
          `\`alter role ${quote(role)} in database ${quote(database)} set ${name} to '${value}'\`.`,
      );
}

function requireSchema({ role, schema }: Installation): string {
  if (schema === null)
    throw new DatabaseSetupError(
      `The search_path of the role ${quote(role)} contains no schema that it may use. Create one with ` +
        `\`create schema ${quote(role)} authorization ${quote(role)}\`, or change the search_path.`,
    );
  if (!USABLE_NAME.test(schema) || Buffer.byteLength(schema) > MAX_NAME_BYTES)
    throw new DatabaseSetupError(
      `The name of the schema ${quote(schema)} cannot be used in the name of the job queue's schema. Use a name of at most ` +
        `${String(MAX_NAME_BYTES)} bytes, without quotes, backslashes, dots or the characters % and $.`,
    );
  return schema;
}

/** The names of the tables of all entities. */
export function tableNames(em: EntityManager): string[] {
  return [...em.getMetadata().getAll().values()].map(({ tableName }) => tableName);
}

/**
 * Row-level security makes rows look as if they did not exist. Policies for everything that the role does count as intended.
 * @throws DatabaseSetupError it hides rows of a table of these entities, or of the job queue, from the role
 */
export async function requireVisibleRows(em: EntityManager, { role, schema }: UsableInstallation): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select t.oid::regclass::text as name from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where (n.nspname = ${jobSchemaOf(schema)}
        or t.oid in (select to_regclass(quote_ident(name)) from unnest(${[...tableNames(em), 'auth_migration']}::text[]) name))
      and row_security_active(t.oid) and exists (
        select from unnest(array['r', 'a', 'w', 'd']) command where not exists (
          select from pg_policy where polrelid = t.oid and polpermissive and polcmd::text in ('*', command)
            and exists (select from unnest(polroles) r where r = 0 or pg_has_role(r, 'usage'))))
    order by name`.execute(em.getKysely());
  const [first] = rows;
  if (first === undefined) return;
  throw new DatabaseSetupError(
    `Row-level security hides rows from the role ${quote(role)}, in ${rows.map(({ name }) => name).join(', ')}. As the owner of ` +
      `the tables, run \`create policy auth_subgraph on ${first.name} to ${quote(role)} using (true)\` or ` +
      `\`alter table ${first.name} disable row level security\`, for each of them.`,
  );
}

/** @throws DatabaseSetupError the database does not accept writes */
export function requireWritable({ database, isReadOnly }: Installation): void {
  if (!isReadOnly) return;
  throw new DatabaseSetupError(
    `The database ${quote(database)} does not accept writes: it is a standby, or default_transaction_read_only is on. ` +
      'Connect to the primary, or allow writes again.',
  );
}

/** @throws DatabaseSetupError the role may not create what is missing */
export function requireRights(found: UsableInstallation, isPending: boolean): void {
  const { schema, database, role } = found;
  if (isPending && found.foreignOwner !== null)
    throw new DatabaseSetupError(
      `The role ${quote(role)} may not change the tables, which belong to ${quote(found.foreignOwner)}. Run ` +
        '`auth-subgraph migrate` as their owner.',
    );
  if (isPending && !found.mayCreateTables)
    throw new DatabaseSetupError(
      `The role ${quote(role)} may not create tables in the schema ${quote(schema)}. Run ` +
        `\`grant create on schema ${quote(schema)} to ${quote(role)}\`, or give it its own schema with ` +
        `\`create schema ${quote(role)} authorization ${quote(role)}\`.`,
    );
  const jobs = jobSchemaOf(schema);
  if (!found.hasJobQueue && !found.isJobSchemaEmpty)
    throw new DatabaseSetupError(
      `The schema ${quote(jobs)} contains tables of another application. The job queue needs it: rename the schema, or use ` +
        'another database.',
    );
  if (!found.hasJobQueue && !found.mayCreateJobQueue)
    throw new DatabaseSetupError(
      `The role ${quote(role)} may not create the job queue in the schema ${quote(jobs)}. Run ` +
        `\`grant all on schema ${quote(jobs)} to ${quote(role)}\`.`,
    );
  if (!found.hasJobSchema && !found.mayCreateSchemas)
    throw new DatabaseSetupError(
      `The role ${quote(role)} may not create the schema of the job queue. Run ` +
        `\`create schema ${quote(jobs)} authorization ${quote(role)}\`, or ` +
        `\`grant create on database ${quote(database)} to ${quote(role)}\`.`,
    );
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
