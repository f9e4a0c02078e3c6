import type { MikroORM } from '@mikro-orm/postgresql';
import { inspect } from './installation.js';
import { hasPendingMigrations } from './orm.js';

export const SCHEMA_NOT_READY = 'database schema is missing or not up to date';

/** Whether requests can be answered, or what keeps them from it. */
export type Readiness = 'ok' | 'database unreachable' | 'database is read-only' | typeof SCHEMA_NOT_READY;

/** Asks with one statement, once the schema has been found up to date. */
export function createReadinessCheck(orm: MikroORM): () => Promise<Readiness> {
  let isUpToDate = false;
  return async () => {
    try {
      const { hasTables, isMigrated, isReadOnly } = await inspect(orm.em);
      // An application that migrates our entities with its own has none of our migrations.
      if (hasTables) isUpToDate ||= !isMigrated || !(await hasPendingMigrations(orm));
      if (!hasTables || !isUpToDate) return SCHEMA_NOT_READY;
      return isReadOnly ? 'database is read-only' : 'ok';
    } catch {
      return 'database unreachable';
    }
  };
}
