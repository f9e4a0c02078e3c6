import { DatabaseSetupError } from '../../platform/database/database-setup.error.js';
import type { Database } from '../../platform/database/database.js';
import { missingIndexes } from '../../platform/database/index-builds.js';
import { migrate, needsMigration, pendingMigrations } from '../../platform/database/orm.js';
import { requirePrivileges } from '../../platform/database/privileges.js';
import type { Logger } from '../../platform/logger.js';
import { SCHEMA_NOT_READY, type Readiness } from '../../platform/database/readiness.js';
import type { Tables } from '../../platform/database/tables.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import type { Background } from './background.js';
import type { Measurement } from './measure.js';
import type { ReadinessWatch } from './readiness.js';
import type { Upkeep } from './upkeep.types.js';

interface Closable {
  readonly database: Database;
  readonly background: Background;
  readonly measurement: Measurement;
  readonly rateLimits: RateLimits;
  readonly watch: ReadinessWatch;
  readonly logger: Logger;
}

/** How a subgraph is started, migrated, watched and closed. */
export function upkeepOf(
  { database, background, logger, measurement, rateLimits, watch }: Closable,
  tables: Tables,
): Upkeep {
  const { requests: orm } = database;
  const readiness = (): Promise<Readiness> => watch.readiness();
  const pending = async (): Promise<string[]> => {
    const ofTables = [...(await pendingMigrations(orm)), ...(await missingIndexes(orm, tables.indexes ?? []))];
    return [...ofTables, ...((await background.jobs.hasPendingMigrations()) ? ['job-queue'] : [])];
  };
  return {
    start: () =>
      background.start(async () => {
        const state = await readiness();
        // The rows of migrations may be hidden from the role.
        await requirePrivileges(orm.em);
        if (state === SCHEMA_NOT_READY)
          throw new DatabaseSetupError(`The ${SCHEMA_NOT_READY}. Call \`auth.migrate()\` first.`);
      }),
    async migrate() {
      if (await needsMigration(orm, tables)) await migrate(database.url, tables, logger);
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
