import type { Pool, PoolClient } from 'pg';
import { isFull } from './database-failure.js';
import type { OutageLog } from './outage-log.js';

/** How long a pool uses only the connections that it has, before it tries to establish another one. */
const REDUCED_MS = 5_000;
/** After so long without a refusal, the next one is logged again. */
const QUIET_MS = 60_000;

/**
 * The number of connections of a pool. If the server accepts no further one, the pool makes do with those that it has, so that
 * requests wait for one of them instead of failing.
 */
export class PoolSize {
  private readonly configured: number;
  /** Those whose outcome is not known yet. */
  private readonly attempts = new Set<Promise<PoolClient>>();
  private refusedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: Pool,
    private readonly outages: OutageLog,
  ) {
    this.configured = pool.options.max;
  }

  get current(): number {
    return this.pool.options.max;
  }

  /**
   * Establishes a connection, or waits for one of those that the pool has or is about to have.
   * @param count returns how many are established: waiting for others that are refused too would never end
   * @throws Error there is none to wait for, or another reason
   */
  async connectWith(connect: () => Promise<PoolClient>, count: () => number): Promise<PoolClient> {
    for (;;)
      try {
        return await this.attempt(connect);
      } catch (error) {
        if (!isFull(error) || !(count() > 0 || (await this.anySucceeds()))) throw error;
        this.reduceTo(Math.max(1, count()));
      }
  }

  private async attempt(connect: () => Promise<PoolClient>): Promise<PoolClient> {
    const attempt = connect();
    this.attempts.add(attempt);
    return attempt.finally(() => this.attempts.delete(attempt));
  }

  /** Whether an attempt that has already begun is successful. */
  private async anySucceeds(): Promise<boolean> {
    return Promise.any(this.attempts).then(
      () => true,
      () => false,
    );
  }

  private reduceTo(connections: number): void {
    const { configured, outages, pool } = this;
    const now = performance.now();
    if (now - this.refusedAt >= QUIET_MS) outages.limited(configured);
    this.refusedAt = now;
    pool.options.max = connections;
    setTimeout(() => {
      pool.options.max = configured;
    }, REDUCED_MS).unref();
  }
}
