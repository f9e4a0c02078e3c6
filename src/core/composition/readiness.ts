import type { Database } from '../../platform/database/database.js';
import { createReadinessCheck, type Readiness } from '../../platform/database/readiness.js';
import { EventLoopDelay } from '../../platform/load/event-loop-delay.js';
import { LoadWatch } from '../../platform/load/load-watch.js';
import type { Core } from './core.js';

export interface ReadinessWatch {
  readiness(): Promise<Readiness>;
  /** Stops watching; the readiness is `closed` from now on. */
  stop(): void;
}

/** Combines the state of the database with the load of the process. */
export function watchReadiness({ config, hasher }: Core, database: Database): ReadinessWatch {
  const check = createReadinessCheck(database.requests, () => database.renewConnections());
  const delay = new EventLoopDelay();
  const load = new LoadWatch<Readiness>([
    { reason: 'too many passwords are waiting', level: () => hasher.level ?? 0 },
    { reason: 'too many requests are waiting for the database', level: () => database.waitingLevel() },
    { reason: 'the event loop is too slow', level: () => delay.level },
  ]);
  let isClosed = false;
  return {
    async readiness() {
      // A statement would open a connection again.
      if (isClosed) return 'closed';
      // A statement could wait in the same queue.
      return (config.readiness.watchLoad ? load.reason() : undefined) ?? check();
    },
    stop() {
      isClosed = true;
      delay.stop();
    },
  };
}
