import { DatabaseSetupError } from '../../platform/database/database-setup.error.js';
import type { Database } from '../../platform/database/database.js';
import { missingIndexes } from '../../platform/database/index-builds.js';
import { migrate, needsMigration, pendingMigrations } from '../../platform/database/orm.js';
import { requirePrivileges } from '../../platform/database/privileges.js';
import { SCHEMA_NOT_READY, type Readiness } from '../../platform/database/readiness.js';
import type { Tables } from '../../platform/database/tables.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import type { Background } from './background.js';
import type { Measurement } from './measure.js';
import type { ReadinessWatch } from './readiness.js';

/** The life of a subgraph. */
export interface Upkeep {
  /**
   * Starts event delivery, emails and housekeeping. Requests work without it; events are kept until it is called.
   * @throws DatabaseSetupError the database schema is missing or not up to date, or the role may not use all of it
   */
  start(): Promise<void>;
  /**
   * Migrates the database schema, including that of the job queue. Safe in several processes at once.
   * @throws DatabaseSetupError the database cannot be migrated; the message says how to fix it
   */
  migrate(): Promise<void>;
  /** Returns whether `migrate` has anything to do, without changing anything. */
  hasPendingMigrations(): Promise<boolean>;
  /**
   * Returns the names of the migrations that `migrate` would run and of the indexes that it would build; `job-queue` stands
   * for the migrations of the job queue.
   */
  pendingMigrations(): Promise<string[]>;
  /** Returns whether requests can be served: the database is reachable, writable and migrated, and the load is not too high. */
  isReady(): Promise<boolean>;
  /** Returns `ok`, or the reason why requests should go to another process. */
  readiness(): Promise<Readiness>;
  /**
   * Returns `false` if every database connection of the process has been in use for two minutes, so that it should be
   * restarted. Stays `true` while the database is down, because a restart would not help.
   */
  isLive(): boolean;
  /** Waits for running work to finish, closes the database connections, and removes the metrics from the registry. */
  close(): Promise<void>;
}

interface Closable {
  readonly database: Database;
  readonly background: Background;
  readonly measurement: Measurement;
  readonly rateLimits: RateLimits;
  readonly watch: ReadinessWatch;
}

/** How a subgraph is started, migrated, watched and closed. */
export function upkeepOf({ database, background, measurement, rateLimits, watch }: Closable, tables: Tables): Upkeep {
  const { requests: orm } = database;
  const readiness = (): Promise<Readiness> => watch.readiness();
  const pending = async (): Promise<string[]> => {
    const ofTables = [...(await pendingMigrations(orm)), ...(await missingIndexes(orm, tables.indexes ?? []))];
    return [...ofTables, ...((await background.jobs.hasPendingMigrations()) ? ['job-queue'] : [])];
  };
  return {
    start: () =>
      background.start(async () => {
        if ((await readiness()) === SCHEMA_NOT_READY)
          throw new DatabaseSetupError(`The ${SCHEMA_NOT_READY}. Call \`auth.migrate()\` first.`);
        await requirePrivileges(orm.em);
      }),
    async migrate() {
      if (await needsMigration(orm, tables)) await migrate(database.url, tables);
      await background.jobs.migrate();
    },
    hasPendingMigrations: async () => (await pending()).length > 0,
    pendingMigrations: pending,
    readiness,
    isReady: async () => (await readiness()) === 'ok',
    isLive: () => !database.isExhausted(),
    async close() {
      watch.stop();
      measurement.end();
      try {
        await background.stop();
      } finally {
        await Promise.all([database.close(), rateLimits.close()]);
      }
    },
  };
}
