import { defineConfig, IsolationLevel, MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { systemClock } from '../clock.js';
import { silentLogger } from '../logger.js';
import { ConnectionGuard } from './connection-guard.js';
import {
  applyConnectionSettings,
  MIGRATION_LIMITS,
  REQUEST_LIMITS,
  type ConnectionLimits,
} from './connection-settings.js';
import { DatabaseSetupError } from './database-setup.error.js';
import { hasCode } from './error-code.js';
import { inspectUsable, requireRights, requireWritable } from './installation.js';
import { OutageLog } from './outage-log.js';
import { prepareStatements } from './prepared-statements.js';
import { retrySerializationFailures } from './serialization-retry.js';
import { Migrator } from './table-migrator.js';
import type { Tables } from './tables.js';

/** How long a request waits for a free connection before it fails. */
const CONNECTION_TIMEOUT_MS = 5_000;

/** An arbitrary number that every process of this service asks PostgreSQL for before it migrates. */
const MIGRATION_LOCK = 4_951_207_316;

/** @see PostgreSQL, appendix A: error codes */
const DUPLICATE_TABLE = '42P07';
const UNDEFINED_COLUMN = '42703';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly preparedStatements?: boolean;
  readonly tables: Tables;
}

export interface ConnectionOptions {
  readonly limits?: ConnectionLimits;
  readonly guard?: ConnectionGuard;
}

/** MikroORM's settings for a database, for the service and for its command line alike. */
export function ormOptions(
  database: DatabaseSettings,
  { limits = REQUEST_LIMITS, guard = silentGuard() }: ConnectionOptions = {},
): Options {
  return defineConfig({
    // The application may run MikroORM too; its request context, of another name, never hands us its EntityManager.
    contextName: 'auth-subgraph',
    entities: [...database.tables.entities],
    // MikroORM requires a name; the driver uses the one in the address.
    dbName: 'postgres',
    // The address as it stands, so that its parameters (sslmode and others) reach the driver.
    driverOptions: {
      connectionString: database.url,
      max: database.poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      query_timeout: limits.queryTimeoutMs,
      keepAlive: true,
      onConnect: (client: PoolClient) => applyConnectionSettings(client, limits),
      onPoolCreated: (pool: Pool) => {
        if (database.preparedStatements !== false) prepareStatements(pool);
        guard.watch(pool);
        retrySerializationFailures(pool);
      },
    },
    extensions: [Migrator],
    migrations: { tableName: 'auth_migration', migrationsList: [...database.tables.migrations], snapshot: false },
    logger: () => undefined,
  });
}

function silentGuard(): ConnectionGuard {
  return new ConnectionGuard(systemClock, new OutageLog(systemClock, silentLogger));
}

export async function connect(database: DatabaseSettings, options?: ConnectionOptions): Promise<MikroORM> {
  return MikroORM.init(ormOptions(database, options));
}

/** An EntityManager for one request, whose statements join the transaction that is open around them. */
export function forkEntityManager(orm: MikroORM): EntityManager {
  return orm.em.fork({ useContext: true });
}

/**
 * Brings the tables up to date. Of several processes that start together one migrates and the others wait.
 * @throws DatabaseSetupError the database cannot be used as it is; nothing has been changed
 */
export async function migrate(url: string, tables: Tables): Promise<void> {
  const settings = { url, tables, poolSize: 1, preparedStatements: false };
  const orm = await connect(settings, { limits: MIGRATION_LIMITS });
  try {
    // Another level would not see what was migrated while this process waited for its turn.
    await orm.em.transactional((em) => migrateWithin(orm, em), { isolationLevel: IsolationLevel.READ_COMMITTED });
  } catch (error) {
    // The message is in the language of the server, and names the table in any.
    if (hasCode(error, DUPLICATE_TABLE)) throw foreignTable(/auth_\w+/.exec(String(error))?.[0] ?? 'auth_user');
    throw error;
  } finally {
    await orm.close();
  }
}

async function migrateWithin(orm: MikroORM, em: EntityManager): Promise<void> {
  // The role may have limits that are meant for requests.
  await em.execute('set local lock_timeout = 0; set local statement_timeout = 0');
  await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
  const found = await inspectUsable(em);
  requireWritable(found);
  requireRights(found, await hasPending(orm, em, found.isMigrated));
  const transaction: unknown = em.getTransactionContext();
  await orm.migrator.up({ transaction: transaction as object, schema: found.schema });
}

function foreignTable(table: string): DatabaseSetupError {
  return new DatabaseSetupError(
    `Another application has a table "${table}" in the database already. Use another database, or set the search_path ` +
      'of the role to its own schema.',
  );
}

/** Whether tables are missing or old. Changes nothing. */
export async function hasPendingMigrations(orm: MikroORM): Promise<boolean> {
  const { isMigrated } = await inspectUsable(orm.em);
  return hasPending(orm, orm.em, isMigrated);
}

async function hasPending({ config }: MikroORM, em: EntityManager, isMigrated: boolean): Promise<boolean> {
  if (!isMigrated) return true;
  try {
    const { rows } = await sql<{ name: string }>`select name, executed_at from auth_migration`.execute(em.getKysely());
    const executed = new Set(rows.map(({ name }) => name));
    const { migrationsList = [] } = config.get('migrations');
    return migrationsList.some(({ name }) => !executed.has(name));
  } catch (error) {
    if (hasCode(error, UNDEFINED_COLUMN)) throw foreignTable('auth_migration');
    throw error;
  }
}
