import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobResult } from 'pg-boss';
import { isPermanent } from './permanent-failure.js';

/** How long a finished job waits for the rest of its batch before its result is stored. */
const STORE_MS = 200;
/** Jobs are given up this long before pg-boss fails the batch with its unstored results. */
const SPARE_SECONDS = 5;

export type JobHandler = (data: unknown) => Promise<void>;

/** A job that has finished, with its result. */
export interface FinishedJob {
  readonly job: Job;
  readonly result: JobResult;
}

/**
 * Handles the jobs of a batch concurrently, and returns their results. A slow job does not hold back the others: while
 * it runs, their results are stored in between.
 */
export async function handleBatch(
  jobs: readonly Job[],
  handle: JobHandler,
  store: (finished: readonly FinishedJob[]) => Promise<void>,
): Promise<JobResult[]> {
  const finished: FinishedJob[] = [];
  const tooLate = new AbortController();
  const results = Promise.all(
    jobs.map(async (job) => {
      const result = await resultOf(job, handle, tooLate.signal);
      finished.push({ job, result });
      return result;
    }),
  );
  const seconds = Math.min(...jobs.map(({ expireInSeconds }) => expireInSeconds)) - SPARE_SECONDS;
  const timer = setTimeout(() => tooLate.abort(new Error('The job took too long')), seconds * 1000);
  while (!(await endsSoon(results))) if (finished.length > 0) await store(finished.splice(0));
  clearTimeout(timer);
  // Returning a stored result again has no effect: pg-boss accepts one result per attempt.
  return results;
}

async function endsSoon(work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(STORE_MS, false, { signal: timer.signal }).catch(() => false);
  const ended = await Promise.race([work.then(() => true), timeout]);
  timer.abort();
  return ended;
}

/**
 * A job that takes too long, or that another process has taken over, is no longer waited for. Otherwise a handler that
 * never returns would occupy its worker forever.
 */
async function resultOf({ id, data, signal }: Job, handle: JobHandler, tooLate: AbortSignal): Promise<JobResult> {
  const givenUp = new Promise<JobResult>((resolve) => {
    for (const end of [signal, tooLate])
      end.addEventListener('abort', () => resolve({ id, status: 'failed', output: end.reason as unknown }));
  });
  return Promise.race([givenUp, attempt(id, () => handle(data))]);
}

async function attempt(id: string, work: () => Promise<void>): Promise<JobResult> {
  try {
    await work();
    return { id, status: 'completed' };
  } catch (error) {
    return { id, status: isPermanent(error) ? 'deadletter' : 'failed', output: error };
  }
}
