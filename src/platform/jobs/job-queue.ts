import { createRequire } from 'node:module';
import { sql, type RawBuilder } from 'kysely';
import type { ConstructorOptions, JobInsert, PgBoss, QueueOptions } from 'pg-boss';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { missingPrivilege, nameOf } from '../error-codes.js';
import { framesOf, type Logger } from '../logger.js';
import { waitForIndexes } from './index-builds.js';
import { JobBacklog } from './job-backlog.js';
import type { JobHandler } from './job-batch.js';
import { JobWorkers, type WorkSettings } from './job-workers.js';
import { isDatabaseUnavailable } from '../database/unavailable-error.js';
import { DatabaseSetupError } from '../database/database-setup.error.js';
import { hasCode, INSUFFICIENT_PRIVILEGE } from '../database/error-code.js';
import { inspectUsable, jobSchemaOf, quote, requireWritable } from '../database/installation.js';
import { forkEntityManager } from '../database/orm.js';

/** The schema version of this pg-boss release, which does not export it. */
const { pgboss: TABLES } = createRequire(import.meta.url)('pg-boss/package.json') as { pgboss: { schema: number } };

const STOP_MS = 8_000;
const REDRIVE_BATCH = 1_000;
const PAGE = 1_000;
const SERVING: ConstructorOptions = {
  superviseIntervalSeconds: 60,
  // Schedules are checked by the minute.
  cronMonitorIntervalSeconds: 45,
  cronWorkerIntervalSeconds: 45,
  // No job waits for another one.
  flowIntervalSeconds: 24 * 60 * 60,
  // A list of processes that nobody reads.
  registerInstance: false,
};

/** A table or a schema is missing. @see PostgreSQL, appendix A: error codes */
const MISSING = ['42P01', '3F000'];

export interface QueueSettings extends QueueOptions {
  readonly name: string;
  /** The dead letter queue, for jobs that have failed for the last time. */
  readonly deadLetter?: string;
}

interface ListedJob {
  readonly id: string;
  readonly data: unknown;
  /** When it was created. */
  readonly since: Date;
  /** The last error of the original job, if this is a dead letter. */
  readonly lastError: unknown;
}

interface InstalledQueues {
  /** The schema version of the tables. */
  readonly version: number;
  readonly queues: readonly string[];
}

/** pg-boss on our own connections. Jobs can be added within a transaction of an EntityManager. */
export class JobQueue {
  readonly backlog: JobBacklog;
  private readonly workers = new Map<string, JobWorkers>();
  private started: Promise<PgBoss> | undefined;
  /** The schema of the queue's tables, quoted. */
  private schema = '';

  constructor(
    private readonly orm: MikroORM,
    private readonly em: EntityManager,
    private readonly queues: readonly QueueSettings[],
    private readonly logger: Logger,
  ) {
    this.backlog = new JobBacklog(em);
  }

  /**
   * Updates the queue's tables and declares the queues. A second call changes nothing.
   * @throws DatabaseSetupError the role may not change them
   */
  async start(): Promise<PgBoss> {
    this.started ??= this.open(SERVING);
    try {
      return await this.started;
    } catch (error) {
      // The next call retries.
      this.started = undefined;
      if (!hasCode(error, INSUFFICIENT_PRIVILEGE)) throw error;
      const problem = 'The job queue is missing or not up to date, and this role may not change it.';
      throw new DatabaseSetupError(`${problem} Call \`auth.migrate()\` first.`);
    }
  }

  /** Does everything that needs more privileges than serving: creates the tables, indexes and queues. */
  async migrate(): Promise<void> {
    if (!(await this.hasPendingMigrations())) return;
    const boss = await this.open({ supervise: false, schedule: false, registerInstance: false });
    await waitForIndexes(boss).finally(() => boss.stop());
  }

  /** Whether tables or queues are missing or outdated. Changes nothing. */
  async hasPendingMigrations(): Promise<boolean> {
    const found = await this.find();
    return !isCurrent(found) || this.queues.some(({ name }) => !found.queues.includes(name));
  }

  /**
   * Uses a background connection, which the pool keeps. If the server has few left, requests could otherwise take them all
   * before the queue starts.
   */
  private async find(): Promise<InstalledQueues | undefined> {
    const em = forkEntityManager(this.orm);
    const { schema } = await inspectUsable(em);
    const jobs = quote(jobSchemaOf(schema));
    try {
      const [found] = await em.execute<InstalledQueues[]>(
        `select version, array(select name from ${jobs}.queue) as queues from ${jobs}.version`,
      );
      return found;
    } catch (error) {
      if (hasCode(error, ...MISSING)) return undefined;
      throw error;
    }
  }

  private async open(options: ConstructorOptions): Promise<PgBoss> {
    const boss = await this.create(options);
    try {
      await this.startAndDeclare(boss);
    } catch (error) {
      // What it has started would run on.
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
    return boss;
  }

  private async startAndDeclare(boss: PgBoss): Promise<void> {
    try {
      await boss.start();
    } catch (error) {
      // pg-boss detects that another process was faster by the text of an error message, which may be localized.
      if (!isCurrent(await this.find())) throw error;
      await boss.start();
    }
    for (const { name, ...settings } of this.queues) {
      await boss.createQueue(name, settings);
      await boss.updateQueue(name, settings);
    }
  }

  private async create(options: ConstructorOptions): Promise<PgBoss> {
    const found = await inspectUsable(this.em);
    requireWritable(found);
    const connection = this.orm.em.getConnection();
    const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> => {
      const pool = await connection.getNativeClient();
      // `pool.query` would report a lost connection itself, as an error that nothing recognizes as an outage.
      const client = await pool.connect();
      try {
        return await client.query(text, values);
      } finally {
        client.release();
      }
    };
    this.schema = quote(jobSchemaOf(found.schema));
    const { schema } = this;
    const { PgBoss } = await loadPgBoss();
    // Its spans would contain the messages of errors, which may quote a statement with its values.
    const openTelemetry = { enabled: false };
    const createSchema = !found.hasJobSchema;
    const boss = new PgBoss({ ...options, db: { executeSql }, schema, createSchema, openTelemetry });
    // For the same reason, only the class of the error is logged, unless a privilege is missing.
    boss.on('error', (error) => {
      // The outage has already been logged.
      if (isDatabaseUnavailable(error)) return;
      const problem = { error: nameOf(error), ...missingPrivilege(error), frames: framesOf(error) };
      this.logger.error(problem, 'the job queue failed');
    });
    return boss;
  }

  /** Waits for running jobs and starts no more. */
  async stop(): Promise<void> {
    const boss = await this.started?.catch(() => undefined);
    await boss?.stop({ graceful: true, timeout: STOP_MS });
  }

  /** Adds jobs within the open transaction. */
  async insert(queue: string, jobs: readonly JobInsert[]): Promise<void> {
    if (jobs.length === 0) return;
    const { fromKysely } = await loadPgBoss();
    const boss = await this.start();
    await boss.insert(queue, [...jobs], { db: fromKysely(this.em.getKysely()) });
  }

  /**
   * Processes the jobs of a queue, each in one process at a time. If the handler throws, the job is retried; if the error
   * is permanent, the job goes to the dead letter queue at once. The other jobs of its batch are not affected. A second call
   * changes nothing.
   */
  async work(queue: string, settings: WorkSettings, handle: JobHandler): Promise<void> {
    const boss = await this.start();
    if (this.workers.has(queue)) return;
    const workers = new JobWorkers(boss, queue, settings);
    this.workers.set(queue, workers);
    await workers.start(handle);
  }

  /** Makes the queue fetch jobs now. */
  nudge(queue: string): void {
    this.workers.get(queue)?.wake();
  }

  /** The names of those queues in which a job can be fetched, as an array, for a statement on the same database. */
  async due(queues: readonly string[]): Promise<RawBuilder<string[]>> {
    await this.start();
    const schema = sql.raw(this.schema);
    // The queue's own clock decides when a retry is due.
    return sql<string[]>`array(select q from unnest(${[...queues]}::text[]) q where exists (select from ${schema}.job
      where name = q and state < 'active' and not blocked and start_after <= ${schema}.job_now()))`;
  }

  /** Creates a job in the queue whenever the cron expression matches, once across all processes. */
  async schedule(queue: string, cron: string): Promise<void> {
    const boss = await this.start();
    await boss.schedule(queue, cron);
  }

  /** Lists the jobs in a queue, oldest first. With `data`, lists only jobs whose data contains it. */
  async list(queue: string, data?: object): Promise<ListedJob[]> {
    const boss = await this.start();
    const listed: ListedJob[] = [];
    for (;;) {
      const after = listed.at(-1)?.id;
      const page = await boss.findJobs(queue, { limit: PAGE, ...(data && { data }), ...(after && { after }) });
      // The driver hands timestamps over as text.
      for (const { id, data: stored, createdOn, sourceOutput } of page)
        listed.push({ id, data: stored, since: new Date(createdOn), lastError: sourceOutput });
      if (page.length < PAGE) return listed;
    }
  }

  /** Moves jobs of a dead letter queue, all or those with these ids, back to their original queues; returns how many. */
  async redrive(deadLetter: string, ids?: readonly string[]): Promise<number> {
    const boss = await this.start();
    let moved = 0;
    for (;;) {
      const options = { limit: REDRIVE_BATCH, ...(ids && { ids: [...ids] }) };
      const count = await boss.redrive(deadLetter, options);
      moved += count;
      if (count < REDRIVE_BATCH) return moved;
    }
  }

  /** Deletes jobs that wait in a queue, all or those with these ids; returns how many. */
  async discard(queue: string, ids?: readonly string[]): Promise<number> {
    const boss = await this.start();
    if (!ids) return boss.deleteQueuedJobs(queue);
    // The type of the response omits its members.
    const { affected } = (await boss.deleteJob(queue, [...ids])) as { readonly affected: number };
    return affected;
  }
}

/** Loaded late, because requests are served without it and it takes a while. */
const loadPgBoss = () => import('pg-boss');

function isCurrent(found: InstalledQueues | undefined): found is InstalledQueues {
  return found !== undefined && found.version >= TABLES.schema;
}
