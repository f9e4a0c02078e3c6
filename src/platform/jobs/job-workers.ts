import type { Job, JobResult, PgBoss } from 'pg-boss';
import { handleBatch, type FinishedJob, type JobHandler } from './job-batch.js';

/** How often a worker looks for jobs that it has not been told about. */
const POLLING_SECONDS = 120;

export interface WorkSettings {
  /** How many batches are handled at once. */
  readonly workers: number;
  /** The maximum number of jobs that one worker handles at once. */
  readonly batchSize: number;
}

interface Worker {
  readonly id: string;
  isBusy: boolean;
}

/** The workers of one queue in this process. They sleep until they are woken. */
export class JobWorkers {
  private readonly workers: Worker[] = [];

  constructor(
    private readonly boss: PgBoss,
    private readonly queue: string,
    private readonly settings: WorkSettings,
  ) {}

  async start(handle: JobHandler): Promise<void> {
    for (let count = 0; count < this.settings.workers; count += 1) await this.add(handle);
  }

  /** Makes a worker fetch jobs now, or after its batch if all are busy. */
  wake(): void {
    const worker = this.workers.find(({ isBusy }) => !isBusy) ?? this.workers[0];
    if (worker) this.boss.notifyWorker(worker.id);
  }

  /** pg-boss wakes only the first worker of a call, so each one has its own. */
  private async add(handle: JobHandler): Promise<void> {
    const { batchSize } = this.settings;
    const worker = { id: '', isBusy: false };
    const options = { pollingIntervalSeconds: POLLING_SECONDS, batchSize, burstWhenBatchFull: true } as const;
    worker.id = await this.boss.work(this.queue, { ...options, perJobResults: true }, async (jobs: Job[]) => {
      worker.isBusy = true;
      // There may be more.
      if (jobs.length === batchSize) this.wake();
      try {
        return await this.handle(jobs, handle);
      } finally {
        worker.isBusy = false;
      }
    });
    this.workers.push(worker);
  }

  private handle(jobs: readonly Job[], handle: JobHandler): Promise<JobResult[]> {
    // If a result cannot be stored now, it is stored with the rest of its batch.
    return handleBatch(jobs, handle, (finished) => this.store(finished).catch(() => undefined));
  }

  /** pg-boss moves jobs to the dead letter queue only at the end of a batch. */
  private async store(finished: readonly FinishedJob[]): Promise<void> {
    const completed = finished.filter(({ result }) => result.status === 'completed').map(({ job }) => job);
    if (completed.length > 0) await this.boss.complete(this.queue, completed);
    for (const { job, result } of finished)
      if (result.status === 'failed') await this.boss.fail(this.queue, job, result.output as object);
  }
}
