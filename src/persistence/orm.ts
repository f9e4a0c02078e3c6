import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { systemClock } from '../kernel/clock.js';
import { silentLogger } from '../kernel/logger.js';
import { AUTH_ENTITIES } from './entities.js';
import { AccountLifecycleMigration } from './migrations/account-lifecycle.migration.js';
import { applySettings, MIGRATION_LIMITS, REQUEST_LIMITS, type ConnectionLimits } from './connection-settings.js';
import { ConnectionGuard } from './connection-guard.js';
import { OutageLog } from './outage-log.js';
import { prepareStatements } from './prepared-statements.js';
import { InitialMigration } from './migrations/initial.migration.js';
import { RolesMigration } from './migrations/roles.migration.js';

/** How long a request waits for a free connection before it fails. */
const CONNECTION_TIMEOUT_MS = 5_000;

/** An arbitrary number that every process of this service asks PostgreSQL for before it migrates. */
const MIGRATION_LOCK = 4_951_207_316;

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly preparedStatements?: boolean;
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
    // A host may run MikroORM too; its request context, of another name, never hands us its EntityManager.
    contextName: 'auth-subgraph',
    entities: [...AUTH_ENTITIES],
    dbName: decodeURIComponent(new URL(database.url).pathname.slice(1)),
    // The address as it stands, so that its parameters (sslmode and others) reach the driver.
    driverOptions: {
      connectionString: database.url,
      max: database.poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      query_timeout: limits.queryTimeoutMs,
      keepAlive: true,
      onConnect: (client: PoolClient) => applySettings(client, limits.settings),
      onPoolCreated: (pool: Pool) => {
        if (database.preparedStatements !== false) prepareStatements(pool);
        guard.watch(pool);
      },
    },
    extensions: [Migrator],
    migrations: {
      tableName: 'auth_migration',
      migrationsList: [
        { name: 'initial', class: InitialMigration },
        { name: 'account-lifecycle', class: AccountLifecycleMigration },
        { name: 'roles', class: RolesMigration },
      ],
      snapshot: false,
    },
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

/** Brings the schema up to date. Of several processes that start together one migrates and the others wait. */
export async function migrate(url: string): Promise<void> {
  const orm = await connect({ url, poolSize: 2 }, { limits: MIGRATION_LIMITS });
  try {
    await orm.em.transactional(async (em) => {
      await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      await orm.migrator.up();
    });
  } finally {
    await orm.close();
  }
}

export async function hasPendingMigrations(orm: MikroORM): Promise<boolean> {
  const pending = await orm.migrator.getPending();
  return pending.length > 0;
}

/** Whether the database answers. */
export async function isReachable(orm: MikroORM): Promise<boolean> {
  try {
    await sql`select 1`.execute(orm.em.getKysely());
    return true;
  } catch {
    return false;
  }
}
