import { defineConfig, IsolationLevel, MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { systemClock } from '../clock.js';
import { silentLogger, type Logger } from '../logger.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { awaitConnectionEnds } from './connection-ends.js';
import { ConnectionGuard } from './connection-guard.js';
import {
  applyConnectionSettings,
  MIGRATION_LIMITS,
  REQUEST_LIMITS,
  type ConnectionLimits,
} from './connection-settings.js';
import { DatabaseSetupError } from './database-setup.error.js';
import { hasCode } from './error-code.js';
import { buildIndexes, missingIndexes } from './index-builds.js';
import { inspectUsable, requireRights, requireVisibleRows, requireWritable } from './installation.js';
import { repeatLostRaces, retryLostRaces } from './lost-races.js';
import { logWait } from './log-wait.js';
import { OutageLog } from './outage-log.js';
import { prepareStatements } from './prepared-statements.js';
import { Migrator } from './table-migrator.js';
import type { Tables } from './tables.js';

/** How long a request waits for a free connection before it fails. */
const CONNECTION_TIMEOUT_MS = 5_000;
const DEFAULT_IDLE_TIMEOUT_MS = 10_000;

/** Two subgraphs in one process never join each other's transactions. */
let connections = 0;

/** An arbitrary advisory lock key that every process of this service uses for migrations. */
const MIGRATION_LOCK = 4_951_207_316;

/** @see PostgreSQL, appendix A: error codes */
const DUPLICATE_TABLE = '42P07';
/** A type with the name of a table, for example. */
const DUPLICATE_OBJECT = '42710';
const UNDEFINED_COLUMN = '42703';
/** What the first migration creates first. */
const FIRST_TABLE = 'auth_user';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly preparedStatements?: boolean;
  readonly tables: Tables;
}

export interface ConnectionOptions {
  readonly limits?: ConnectionLimits;
  readonly guard?: ConnectionGuard;
  /** Receives the connection pool when it is created. */
  readonly onPool?: (pool: Pool) => void;
}

/** MikroORM's settings for a database, shared by the service and its command line. */
export function ormOptions(
  database: DatabaseSettings,
  { limits = REQUEST_LIMITS, guard = silentGuard(), onPool }: ConnectionOptions = {},
): Options {
  return defineConfig({
    // Your application may also use MikroORM. A separate context name keeps it from passing us its EntityManager.
    contextName: `auth-subgraph ${String((connections += 1))}`,
    entities: [...database.tables.entities],
    // Some connections only inspect the database.
    discovery: { warnWhenNoEntities: false },
    // MikroORM requires a name; the driver uses the one in the address.
    dbName: 'postgres',
    // The address is passed on unchanged, so that its parameters (sslmode and others) reach the driver.
    driverOptions: {
      connectionString: database.url,
      max: database.poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      query_timeout: limits.queryTimeoutMs,
      idleTimeoutMillis: limits.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
      keepAlive: true,
      onConnect: (client: PoolClient) => applyConnectionSettings(client, limits),
      onPoolCreated: (pool: Pool) => {
        if (database.preparedStatements !== false) prepareStatements(pool);
        guard.watch(pool);
        retryLostRaces(pool);
        awaitConnectionEnds(pool);
        onPool?.(pool);
      },
    },
    extensions: [Migrator],
    migrations: { tableName: 'auth_migration', migrationsList: [...database.tables.migrations], snapshot: false },
    logger: () => undefined,
  });
}

function silentGuard(): ConnectionGuard {
  const outages = new OutageLog(systemClock, silentLogger);
  const breaker = new CircuitBreaker(outages);
  // Nothing would stop its probes later.
  breaker.stop();
  return new ConnectionGuard(outages, breaker);
}

/** Opens no connection before the first statement. */
export function connect(database: DatabaseSettings, options?: ConnectionOptions): MikroORM {
  // `MikroORM.init` would also look for optional packages and for a way to find entities in files.
  return new MikroORM(ormOptions(database, options));
}

/** An EntityManager for one request, whose statements join the open transaction. */
export function forkEntityManager(orm: MikroORM): EntityManager {
  return orm.em.fork({ useContext: true });
}

/**
 * Updates the tables. If several processes start together, one migrates and the others wait.
 * @throws DatabaseSetupError the database is unusable as configured; nothing has been changed
 */
export async function migrate(url: string, tables: Tables, logger: Logger = silentLogger): Promise<void> {
  const settings = { url, tables, poolSize: 2, preparedStatements: false };
  const orm = connect(settings, { limits: MIGRATION_LIMITS });
  try {
    // Stricter levels would not see what another process migrated while this one waited.
    const options = { isolationLevel: IsolationLevel.READ_COMMITTED };
    await repeatLostRaces(() => orm.em.transactional((em) => migrateWithin(orm, em, logger), options));
    await buildIndexes(orm, tables.indexes ?? [], logger);
  } catch (error) {
    // The message is localized, but always contains the name of the table.
    if (hasCode(error, DUPLICATE_TABLE, DUPLICATE_OBJECT))
      throw foreignTable(/auth_\w+/.exec(String(error))?.[0] ?? FIRST_TABLE);
    throw error;
  } finally {
    await orm.close();
  }
}

async function migrateWithin(orm: MikroORM, em: EntityManager, logger: Logger): Promise<void> {
  // The limits of the role may be intended for requests.
  await em.execute('set local lock_timeout = 0; set local statement_timeout = 0');
  const locked = em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
  await logWait(locked, () => logger.warn({}, 'waiting for another migration of the database'));
  const found = await inspectUsable(em);
  requireWritable(found);
  requireRights(found, await hasPending(orm, em, found.isMigrated));
  const transaction: unknown = em.getTransactionContext();
  await orm.migrator.up({ transaction: transaction as object, schema: found.schema });
}

function foreignTable(table: string): DatabaseSetupError {
  // Another tool may have dropped a table that it did not know.
  const otherwise = ' If all the tables are those of this service, restore "auth_migration", which is missing.';
  return new DatabaseSetupError(
    `The database already has a table or type "${table}" of another application. Use another database, or set the search_path ` +
      `of the role to its own schema.${table === FIRST_TABLE ? otherwise : ''}`,
  );
}

/**
 * Whether `migrate` has anything to do. Uses the connections of the caller, because there is nothing to do at most starts.
 * @throws DatabaseSetupError the database is unusable as configured
 */
export async function needsMigration(orm: MikroORM, { indexes = [] }: Tables): Promise<boolean> {
  const found = await inspectUsable(orm.em);
  requireWritable(found);
  await requireVisibleRows(orm.em, found);
  return (await hasPending(orm, orm.em, found.isMigrated)) || (await missingIndexes(orm, indexes)).length > 0;
}

/** The names of the migrations that have not run, in their order. Changes nothing. */
export async function pendingMigrations(orm: MikroORM): Promise<string[]> {
  const found = await inspectUsable(orm.em);
  // A hidden migration would look as if it had not run.
  await requireVisibleRows(orm.em, found);
  return findPending(orm, orm.em, found.isMigrated);
}

/** Whether tables are missing or outdated. Changes nothing. */
export async function hasPendingMigrations(orm: MikroORM): Promise<boolean> {
  const { isMigrated } = await inspectUsable(orm.em);
  return hasPending(orm, orm.em, isMigrated);
}

async function hasPending(orm: MikroORM, em: EntityManager, isMigrated: boolean): Promise<boolean> {
  return (await findPending(orm, em, isMigrated)).length > 0;
}

async function findPending({ config }: MikroORM, em: EntityManager, isMigrated: boolean): Promise<string[]> {
  const { migrationsList = [] } = config.get('migrations');
  const names = migrationsList.map(({ name }) => name);
  if (!isMigrated) return names;
  try {
    const { rows } = await sql<{ name: string }>`select name, executed_at from auth_migration`.execute(em.getKysely());
    const executed = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !executed.has(name));
  } catch (error) {
    if (hasCode(error, UNDEFINED_COLUMN)) throw foreignTable('auth_migration');
    throw error;
  }
}
