import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { silentLogger } from '../../src/platform/logger.js';
import { afterwards } from '../bench/clean-up.js';

const POLL_MS = 50;
const RECOVERY_MS = 120_000;
/** Longer than it takes for another process to take over the deliveries of a killed one. */
const DELIVERY_MS = 180_000;

const LEFT = `select (select count(*) from auth_outbox)::int
  + (select count(*) from auth_jobs.job where name = 'auth-events' and state < 'completed')::int as left`;
const PARKED = `select count(*)::int as left from auth_jobs.job where name = 'auth-events-parked'`;

const UNSAFE = ['-c', 'synchronous_commit=off', '-c', 'wal_writer_delay=10s'];

/** An embedded PostgreSQL that is restarted when it is killed. It has the default durability unless it is unsafe. */
export class ChaosDatabase {
  private constructor(private readonly postgres: EmbeddedPostgres) {}

  static async start({ isUnsafe }: { readonly isUnsafe: boolean }): Promise<ChaosDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-chaos-'));
    afterwards(() => rm(folder, { recursive: true, force: true }));
    // PostgreSQL may have to run as another user, who must be able to enter the folder.
    await chmod(folder, 0o755);
    const flags = isUnsafe ? UNSAFE : [];
    const starting = startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: silentLogger, flags });
    afterwards(async () => (await starting).stop());
    return new ChaosDatabase(await starting);
  }

  get url(): string {
    return this.postgres.url;
  }

  /** Stores everything so far, so that an unsafe server keeps its tables. */
  async checkpoint(): Promise<void> {
    await this.#query('checkpoint');
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
    const deadline = performance.now() + DELIVERY_MS;
    for (let left = await this.#count(LEFT); left > 0; left = await this.#count(LEFT)) {
      if (performance.now() > deadline) throw new Error(`${String(left)} deliveries are left`);
      await wait(POLL_MS * 10);
    }
    const parked = await this.#count(PARKED);
    if (parked > 0) throw new Error(`${String(parked)} deliveries are parked`);
  }

  /** Releases the deliveries of a killed process at once; otherwise they would become available after a while. */
  async releaseDeliveries(): Promise<void> {
    await this.#query(`update auth_jobs.job set started_on = started_on - interval '1 hour' where state = 'active'`);
    await this.#query('update auth_jobs.queue set monitor_on = null');
    const boss = new PgBoss({ connectionString: this.url, schema: 'auth_jobs', supervise: false, schedule: false });
    boss.on('error', () => undefined);
    await boss.start();
    await boss.supervise();
    await boss.stop();
  }

  async #answers(): Promise<boolean> {
    return this.#query('select 1').then(
      () => true,
      () => false,
    );
  }

  async #count(text: string): Promise<number> {
    const [row] = await this.#query(text);
    return (row as { left: number }).left;
  }

  async #query(text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }
}
