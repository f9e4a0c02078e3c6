import type { Pool, PoolClient } from 'pg';
import { isFull } from './database-failure.js';
import type { OutageLog } from './outage-log.js';

/** How long a pool uses only the connections that it has, before it tries to establish another one. */
const REDUCED_MS = 5_000;

/**
 * The number of connections of a pool. If the server accepts no further one, the pool makes do with those that it has, so that
 * requests wait for one of them instead of failing.
 */
export class PoolSize {
  private readonly configured: number;
  private isReduced = false;

  constructor(
    private readonly pool: Pool,
    private readonly outages: OutageLog,
  ) {
    this.configured = pool.options.max;
    pool.on('connect', () => {
      this.isReduced = false;
    });
  }

  get current(): number {
    return this.pool.options.max;
  }

  /**
   * Establishes a connection, or waits for one of those that the pool has.
   * @param count returns how many are established: waiting for others that are refused too would never end
   * @throws Error there is none to wait for, or another reason
   */
  async connectWith(connect: () => Promise<PoolClient>, count: () => number): Promise<PoolClient> {
    for (;;)
      try {
        return await connect();
      } catch (error) {
        const connections = count();
        if (!isFull(error) || connections === 0) throw error;
        this.reduceTo(connections);
      }
  }

  private reduceTo(connections: number): void {
    const { configured, isReduced, outages, pool } = this;
    if (!isReduced) outages.limited(configured);
    this.isReduced = true;
    pool.options.max = connections;
    setTimeout(() => {
      pool.options.max = configured;
    }, REDUCED_MS).unref();
  }
}
