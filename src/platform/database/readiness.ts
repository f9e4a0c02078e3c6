import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import { inspect } from './installation.js';
import { hasPendingMigrations } from './orm.js';

/** Load balancers do not wait for long. */
const TIMEOUT_MS = 2_000;

export const SCHEMA_NOT_READY = 'database schema is missing or not up to date';

/** Why requests cannot be served. */
export const NOT_READY = [
  'too many passwords are waiting',
  'too many requests are waiting for the database',
  'the event loop is too slow',
  'database unreachable',
  'database is read-only',
  SCHEMA_NOT_READY,
  'closed',
] as const;

/** Whether requests can be served, and if not, why. */
export type Readiness = 'ok' | (typeof NOT_READY)[number];

/**
 * Checks with a single statement, once the schema is known to be up to date.
 * @param renewConnections called if the database is read-only: a former primary may still serve those that are open
 */
export function createReadinessCheck(orm: MikroORM, renewConnections: () => void): () => Promise<Readiness> {
  let isUpToDate = false;
  const check = async (): Promise<Readiness> => {
    try {
      const { hasTables, isMigrated, isReadOnly } = await inspect(orm.em);
      // An application that migrates our entities itself has none of our migrations.
      if (hasTables) isUpToDate ||= !isMigrated || !(await hasPendingMigrations(orm));
      if (!hasTables || !isUpToDate) return SCHEMA_NOT_READY;
      if (!isReadOnly) return 'ok';
      renewConnections();
      return 'database is read-only';
    } catch {
      return 'database unreachable';
    }
  };
  return () => Promise.race([check(), delay(TIMEOUT_MS, 'database unreachable' as const, { ref: false })]);
}
