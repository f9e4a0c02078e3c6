import { fromKysely, PgBoss, type Job, type JobInsert, type QueueOptions } from 'pg-boss';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { framesOf, type Logger } from '../kernel/logger.js';
import { isDatabaseUnavailable } from '../kernel/unavailable-error.js';

const SCHEMA = 'auth_jobs';
const POLLING_SECONDS = 1;
const STOP_MS = 8_000;
const SUPERVISE_SECONDS = 20;

export interface QueueSettings extends QueueOptions {
  readonly name: string;
  /** Where a job goes that has failed for the last time. */
  readonly deadLetter?: string;
}

/** pg-boss on our own connections. Its jobs can be inserted within a transaction of an EntityManager. */
export class JobQueue {
  private readonly boss: PgBoss;
  private readonly workers = new Map<string, string>();
  private started: Promise<void> | undefined;

  constructor(
    orm: MikroORM,
    private readonly em: EntityManager,
    private readonly queues: readonly QueueSettings[],
    logger: Logger,
  ) {
    const connection = orm.em.getConnection();
    const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> => {
      const pool = await connection.getNativeClient();
      return pool.query(text, values);
    };
    this.boss = new PgBoss({ db: { executeSql }, schema: SCHEMA, superviseIntervalSeconds: SUPERVISE_SECONDS });
    // Its messages may quote a statement with its values.
    this.boss.on('error', (error) => {
      // The outage is in the log, and the queue asks every second.
      if (isDatabaseUnavailable(error)) return;
      logger.error({ error: error.name, frames: framesOf(error) }, 'the job queue failed');
    });
  }

  /** Brings the queue's own tables up to date, and declares the queues. The second call changes nothing. */
  async start(): Promise<void> {
    this.started ??= this.open();
    try {
      await this.started;
    } catch (error) {
      // The next call tries again.
      this.started = undefined;
      throw error;
    }
  }

  private async open(): Promise<void> {
    await this.boss.start();
    for (const { name, ...settings } of this.queues) {
      await this.boss.createQueue(name, settings);
      await this.boss.updateQueue(name, settings);
    }
  }

  /** Waits for the jobs that run, and takes no more. */
  async stop(): Promise<void> {
    const started = await this.started?.then(
      () => true,
      () => false,
    );
    if (started) await this.boss.stop({ graceful: true, timeout: STOP_MS });
  }

  /** Adds jobs, within the transaction that is open. */
  async insert(queue: string, jobs: readonly JobInsert[]): Promise<void> {
    if (jobs.length > 0) await this.boss.insert(queue, [...jobs], { db: fromKysely(this.em.getKysely()) });
  }

  /** Has every job of a queue handled, by one process at a time; a handler that throws has it tried again. */
  async work(queue: string, handle: (data: unknown) => Promise<void>): Promise<void> {
    const options = { pollingIntervalSeconds: POLLING_SECONDS, localConcurrency: 4, batchSize: 1 };
    const id = await this.boss.work(queue, options, async (jobs: Job[]) => {
      try {
        for (const job of jobs) await handle(job.data);
      } finally {
        // A worker would rest for the rest of its turn otherwise, and take one job a second from the longest queue.
        this.nudge(queue);
      }
    });
    this.workers.set(queue, id);
  }

  /** Has the queue looked into at once, rather than at its next turn. */
  nudge(queue: string): void {
    const id = this.workers.get(queue);
    if (id !== undefined) this.boss.notifyWorker(id);
  }

  /** Has a job of the queue made at every time that the cron expression names; one, however many processes there are. */
  async schedule(queue: string, cron: string): Promise<void> {
    await this.boss.schedule(queue, cron);
  }

  /** The jobs that wait in a queue. */
  async list(queue: string): Promise<{ id: string; data: unknown; since: Date }[]> {
    await this.start();
    const jobs = await this.boss.findJobs(queue);
    return jobs.map(({ id, data, createdOn }) => ({ id, data, since: createdOn }));
  }

  /** Puts the jobs of a dead letter queue back where they came from; answers how many. */
  async redrive(deadLetter: string): Promise<number> {
    await this.start();
    return this.boss.redrive(deadLetter);
  }
}
