import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { ConfigError } from '../config/config.js';
import { CONNECTION_SETTINGS } from './connection-settings.js';

/** The settings that a wrong value of would spoil what is written or read. */
const INDISPENSABLE = CONNECTION_SETTINGS.filter(([name]) =>
  ['DateStyle', 'client_encoding', 'standard_conforming_strings'].includes(name),
);

/** What pg-boss takes as part of the name of its schema. */
const USABLE_NAME = /^[^"'%$.\\\p{Cc}]+$/u;
const MAX_NAME_BYTES = 40;

/** A database as this service finds it. */
export interface Installation {
  /** The schema that holds the tables, or will hold them; null if the search path leads nowhere. */
  readonly schema: string | null;
  /** Whether the tables were made by our migrations. */
  readonly isMigrated: boolean;
  readonly hasTables: boolean;
  readonly hasJobSchema: boolean;
  readonly isReadOnly: boolean;
  readonly database: string;
  readonly role: string;
  readonly encoding: string;
  /** Whether the role may make tables in the schema, and schemas in the database. */
  readonly mayCreateTables: boolean;
  readonly mayCreateSchemas: boolean;
  /** What holds of the settings in a transaction of its own. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The schema of the job queue. Two services in one database, each in a schema of its own, must not deliver each other's
 * events.
 */
export function jobSchemaOf(schema: string): string {
  return schema === 'public' ? 'auth_jobs' : `auth_jobs_${schema}`;
}

/** Looks at the database. Tables are found as statements find them: along the search path. */
export async function inspect(em: EntityManager): Promise<Installation> {
  const settings = INDISPENSABLE.flatMap(([name]) => [sql.lit(name), sql`current_setting(${sql.lit(name)})`]);
  const { rows } = await sql<Installation>`
    select home.schema, to_regclass('auth_migration') is not null as "isMigrated",
      to_regclass('auth_user') is not null as "hasTables",
      exists (select from pg_namespace where nspname =
        case home.schema when 'public' then 'auth_jobs' else 'auth_jobs_' || home.schema end) as "hasJobSchema",
      current_setting('transaction_read_only') = 'on' as "isReadOnly",
      current_database() as database, current_user as role, current_setting('server_encoding') as encoding,
      coalesce(has_schema_privilege(home.schema, 'create'), false) as "mayCreateTables",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      json_build_object(${sql.join(settings)}) as settings
    from (
      select coalesce((select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = to_regclass('auth_migration')), current_schema()) as schema
    ) home`.execute(em.getKysely());
  const [found] = rows;
  if (!found) throw new Error('the database described itself in no row');
  return found;
}

/**
 * Looks at the database, and refuses one that cannot work.
 * @throws ConfigError with the statement that mends it
 */
export async function inspectUsable(em: EntityManager): Promise<Installation & { readonly schema: string }> {
  const found = await inspect(em);
  const { schema, database, role, encoding } = found;
  if (encoding !== 'UTF8')
    refuse(
      `is a database in ${encoding}, which cannot hold every name and address; make another one with ` +
        `\`create database ${quote(`${database}_utf8`)} encoding 'UTF8' template template0\``,
    );
  for (const [name, value] of INDISPENSABLE)
    if (found.settings[name] !== value)
      refuse(
        `leads to connections on which ${name} does not stay "${value}"; change their default with ` +
          `\`alter role ${quote(role)} in database ${quote(database)} set ${name} to '${value}'\``,
      );
  if (schema === null)
    refuse(
      `names a role whose search_path leads to no schema that it may use; make one with ` +
        `\`create schema ${quote(role)} authorization ${quote(role)}\`, or set the search_path of the role`,
    );
  if (!USABLE_NAME.test(schema) || Buffer.byteLength(schema) > MAX_NAME_BYTES)
    refuse(
      `leads to the schema ${quote(schema)}, whose name the job queue cannot take over; use one of at most ` +
        `${String(MAX_NAME_BYTES)} bytes without quotes, backslashes, and the characters % $ .`,
    );
  return { ...found, schema };
}

/** @throws ConfigError the database takes no writes */
export function requireWritable({ isReadOnly }: Installation): void {
  if (isReadOnly)
    refuse(
      'is a database that takes no writes: a standby, or one with default_transaction_read_only; ' +
        'write the address of the primary, or make it writable again',
    );
}

/** @throws ConfigError the role may not make what is missing */
export function requireRights(found: Installation & { readonly schema: string }, isPending: boolean): void {
  const { schema, database, role } = found;
  if (isPending && !found.mayCreateTables)
    refuse(
      `names the role ${quote(role)}, which may not make tables in the schema ${quote(schema)}; run ` +
        `\`grant create on schema ${quote(schema)} to ${quote(role)}\`, or give it one of its own with ` +
        `\`create schema ${quote(role)} authorization ${quote(role)}\``,
    );
  if (!found.hasJobSchema && !found.mayCreateSchemas)
    refuse(
      `names the role ${quote(role)}, which may not make the schema of the job queue; run ` +
        `\`create schema ${quote(jobSchemaOf(schema))} authorization ${quote(role)}\`, or ` +
        `\`grant create on database ${quote(database)} to ${quote(role)}\``,
    );
}

export function refuse(problem: string): never {
  throw new ConfigError([{ path: 'database.url', problem }]);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
