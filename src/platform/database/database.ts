import type { MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import { silentLogger, type Logger } from '../logger.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { ConnectionGuard } from './connection-guard.js';
import { BACKGROUND_LIMITS, COUNTER_LIMITS } from './connection-settings.js';
import { connect, type ConnectionOptions, type DatabaseSettings } from './orm.js';
import { OutageLog } from './outage-log.js';

/** One for housekeeping, one for the maintenance of the job queue, and one for jobs that run in the meantime. */
const BACKGROUND_POOL_SIZE = 3;
/** Counting a call takes a fraction of a millisecond. */
const COUNTER_POOL_SIZE = 2;
/** How long running statements may take once the pool is closing. */
const CLOSE_MS = 5_000;

/** The connections of one subgraph: a pool for requests, and small ones for slow background work and for counting calls. */
export interface Database {
  readonly url: string;
  readonly requests: MikroORM;
  /** The connections of `requests`, for statements that need nothing of MikroORM. */
  readonly requestPool: Pool;
  readonly background: MikroORM;
  /** Creates the pool when it is first used. */
  readonly counterPool: () => Pool;
  /** How full the queue of requests for a connection is, from 0 to 1. */
  waitingLevel(): number;
  /** The connections for requests, and the requests that wait for one. */
  connections(): { readonly idle: number; readonly busy: number; readonly waiting: number };
  /** Whether every connection is stuck. */
  isExhausted(): boolean;
  /** Replaces the connections: those that are open lead to a server that accepts no writes. */
  renewConnections(): void;
  /** Cancels running statements and accepts no more. */
  shut(): void;
  /** Gives running statements some time to finish, then cancels them. Later ones are refused. */
  close(): Promise<void>;
}

export function openDatabase(
  settings: DatabaseSettings,
  { clock, logger }: { clock: Clock; logger: Logger },
): Database {
  const { guards, renewConnections, stopProbes } = createGuards(clock, logger);
  const { orm: requests, pool: requestPool } = connectWithPool(settings, { guard: guards.requests });
  const background = connect(
    { ...settings, poolSize: BACKGROUND_POOL_SIZE },
    { limits: BACKGROUND_LIMITS, guard: guards.background },
  );
  let counters: Pool | undefined;
  const counterSettings = { ...settings, poolSize: COUNTER_POOL_SIZE };
  const counterOptions = { limits: COUNTER_LIMITS, guard: guards.counters };
  const shut = (): void => {
    stopProbes();
    for (const each of Object.values(guards)) each.shut();
  };
  return {
    url: settings.url,
    requests,
    requestPool,
    background,
    counterPool: () => (counters ??= connectWithPool(counterSettings, counterOptions).pool),
    waitingLevel: () => guards.requests.level,
    connections: () => connectionsOf(requestPool),
    isExhausted: () => guards.requests.isExhausted(),
    renewConnections,
    shut,
    async close() {
      stopProbes();
      const cut = setTimeout(shut, CLOSE_MS);
      // MikroORM would destroy its driver, which fails statements of running operations as if they were faulty.
      await Promise.all(Object.values(guards).map((guard) => guard.close()));
      clearTimeout(cut);
      shut();
    },
  };
}

/** The guards of the pools. If one of them is refused a write, the connections of all are replaced. */
function createGuards(clock: Clock, logger: Logger) {
  const outages = new OutageLog(clock, logger);
  const breaker = new CircuitBreaker(outages);
  // A table of counts that is locked is no outage of the database.
  const unreported = new OutageLog(clock, silentLogger);
  const countersBreaker = new CircuitBreaker(unreported);
  const breakers = [breaker, countersBreaker];
  const renewConnections = (): void => {
    for (const each of breakers) each.renew();
  };
  const stopProbes = (): void => {
    for (const each of breakers) each.stop();
  };
  const guard = (): ConnectionGuard => new ConnectionGuard(outages, breaker, renewConnections);
  const counters = new ConnectionGuard(unreported, countersBreaker, renewConnections);
  return { guards: { requests: guard(), background: guard(), counters }, renewConnections, stopProbes };
}

function connectionsOf({
  idleCount: idle,
  totalCount,
  waitingCount: waiting,
}: Pool): ReturnType<Database['connections']> {
  return { idle, busy: totalCount - idle, waiting };
}

/** Creates the pool, which opens its first connection with the first statement. */
function connectWithPool(settings: DatabaseSettings, options: ConnectionOptions): { orm: MikroORM; pool: Pool } {
  let pool: Pool | undefined;
  const orm = connect(settings, { ...options, onPool: (created) => (pool = created) });
  // `getNativeClient` would send a statement.
  orm.em.getConnection().getClient();
  if (!pool) throw new Error('MikroORM created no pool');
  return { orm, pool };
}
