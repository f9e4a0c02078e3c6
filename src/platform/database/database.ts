import type { MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { ConnectionGuard } from './connection-guard.js';
import { BACKGROUND_LIMITS } from './connection-settings.js';
import { connect, type DatabaseSettings } from './orm.js';
import { OutageLog } from './outage-log.js';

/** One for housekeeping, one for the maintenance of the job queue, and one for jobs that run in the meantime. */
const BACKGROUND_POOL_SIZE = 3;
/** How long running statements may take once the pool is closing. */
const CLOSE_MS = 5_000;

/** The connections of one subgraph: a pool for requests, and a small one for slow background work. */
export interface Database {
  readonly requests: MikroORM;
  /** The connections of `requests`, for statements that need nothing of MikroORM. */
  readonly requestPool: Pool;
  readonly background: MikroORM;
  /** Whether every connection is stuck. */
  isExhausted(): boolean;
  /** Cancels running statements and accepts no more. */
  shut(): void;
  /** Gives running statements some time to finish, then cancels them. */
  close(): Promise<void>;
}

export async function openDatabase(
  settings: DatabaseSettings,
  { clock, logger }: { clock: Clock; logger: Logger },
): Promise<Database> {
  const outages = new OutageLog(clock, logger);
  const guards = { requests: new ConnectionGuard(clock, outages), background: new ConnectionGuard(clock, outages) };
  const created = Promise.withResolvers<Pool>();
  const requests = connect(settings, { guard: guards.requests, onPool: created.resolve });
  // Creates the pool, which opens its first connection with the first statement. `getNativeClient` would send one.
  requests.em.getConnection().getClient();
  const background = connect(
    { ...settings, poolSize: BACKGROUND_POOL_SIZE },
    { limits: BACKGROUND_LIMITS, guard: guards.background },
  );
  const shut = (): void => {
    guards.requests.shut();
    guards.background.shut();
  };
  return {
    requests,
    requestPool: await created.promise,
    background,
    isExhausted: () => guards.requests.isExhausted(),
    shut,
    async close() {
      const cut = setTimeout(shut, CLOSE_MS);
      await Promise.all([requests.close(), background.close()]).finally(() => clearTimeout(cut));
    },
  };
}
