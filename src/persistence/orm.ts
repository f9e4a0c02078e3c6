import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { AUTH_ENTITIES } from './entities.js';
import { AccountLifecycleMigration } from './migrations/account-lifecycle.migration.js';
import { prepareStatements } from './prepared-statements.js';
import { InitialMigration } from './migrations/initial.migration.js';
import { OpenSessionsMigration } from './migrations/open-sessions.migration.js';
import { RolesMigration } from './migrations/roles.migration.js';

/** How long a request waits for a free connection, and for one statement, before it fails. */
const CONNECTION_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** An arbitrary number that every process of this service asks PostgreSQL for before it migrates. */
const MIGRATION_LOCK = 4_951_207_316;

export interface DatabaseSettings {
  readonly url: string;
  readonly poolSize: number;
  readonly preparedStatements?: boolean;
}

/** MikroORM's settings for a database, for the service and for its command line alike. */
export function ormOptions(database: DatabaseSettings): Options {
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
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      ...(database.preparedStatements !== false && { onPoolCreated: prepareStatements }),
    },
    extensions: [Migrator],
    migrations: {
      tableName: 'auth_migration',
      migrationsList: [
        { name: 'initial', class: InitialMigration },
        { name: 'account-lifecycle', class: AccountLifecycleMigration },
        { name: 'roles', class: RolesMigration },
        { name: 'open-sessions', class: OpenSessionsMigration },
      ],
      snapshot: false,
    },
    logger: () => undefined,
  });
}

export async function connect(database: DatabaseSettings): Promise<MikroORM> {
  return MikroORM.init(ormOptions(database));
}

/** An EntityManager for one request, whose statements join the transaction that is open around them. */
export function forkEntityManager(orm: MikroORM): EntityManager {
  return orm.em.fork({ useContext: true });
}

/** Brings the schema up to date. Of several processes that start together one migrates and the others wait. */
export async function migrate(url: string): Promise<void> {
  const orm = await connect({ url, poolSize: 2 });
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
