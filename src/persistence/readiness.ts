import type { MikroORM } from '@mikro-orm/postgresql';
import { inspect } from './installation.js';
import { hasPendingMigrations } from './orm.js';

/** Whether requests can be answered, or what keeps them from it. */
export type Readiness =
  'ok' | 'database unreachable' | 'database is read-only' | 'database schema is missing or not up to date';

/** Asks with one statement, once the schema has been found up to date. */
export function createReadinessCheck(orm: MikroORM): () => Promise<Readiness> {
  let isUpToDate = false;
  return async () => {
    try {
      const { hasTables, isMigrated, isReadOnly } = await inspect(orm.em);
      // An application that migrates our entities with its own has none of our migrations.
      if (hasTables) isUpToDate ||= !isMigrated || !(await hasPendingMigrations(orm));
      if (!hasTables || !isUpToDate) return 'database schema is missing or not up to date';
      return isReadOnly ? 'database is read-only' : 'ok';
    } catch {
      return 'database unreachable';
    }
  };
}
