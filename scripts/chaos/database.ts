import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { silentLogger } from '../../src/platform/logger.js';
import { afterwards } from '../bench/clean-up.js';
import { query, releaseDeliveries, untilDelivered } from '../workload/deliveries.js';

const POLL_MS = 50;
const RECOVERY_MS = 120_000;

/** Keeps commits in memory for seconds. Smaller buffers would soon be flushed, because pages are logged in full after a checkpoint. */
const UNSAFE = ['synchronous_commit=off', 'wal_writer_delay=10s', 'wal_writer_flush_after=1GB', 'wal_buffers=128MB'];

/** An embedded PostgreSQL that is restarted when it is killed. It has the default durability unless it is unsafe. */
export class ChaosDatabase {
  private constructor(private readonly postgres: EmbeddedPostgres) {}

  static async start({ isUnsafe }: { readonly isUnsafe: boolean }): Promise<ChaosDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-chaos-'));
    afterwards(() => rm(folder, { recursive: true, force: true }));
    // PostgreSQL may have to run as another user, who must be able to enter the folder.
    await chmod(folder, 0o755);
    const flags = isUnsafe ? UNSAFE.flatMap((setting) => ['-c', setting]) : [];
    const starting = startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: silentLogger, flags });
    afterwards(async () => (await starting).stop());
    return new ChaosDatabase(await starting);
  }

  get url(): string {
    return this.postgres.url;
  }

  /** Stores everything so far, so that an unsafe server keeps its tables. */
  async checkpoint(): Promise<void> {
    await query(this.url, 'checkpoint');
  }

  /** Kills the server, and waits until the restarted one responds. */
  async kill(signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
    const { pid } = this.postgres;
    process.kill(pid, signal);
    const deadline = performance.now() + RECOVERY_MS;
    while (this.postgres.pid === pid || !(await this.#answers())) {
      if (performance.now() > deadline) throw new Error('PostgreSQL was not started again');
      await wait(POLL_MS);
    }
  }

  /** Waits until no delivery is left. @throws Error one is left after a long time, or has been parked */
  async untilDelivered(): Promise<void> {
    await untilDelivered(this.url);
  }

  /** Releases the deliveries of a killed process at once; otherwise they would become available after a while. */
  async releaseDeliveries(): Promise<void> {
    await releaseDeliveries(this.url);
  }

  async #answers(): Promise<boolean> {
    return query(this.url, 'select 1').then(
      () => true,
      () => false,
    );
  }
}
