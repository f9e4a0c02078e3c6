import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

const TASKS = '/proc/self/task';
/** The name that libuv gives to the threads of its pool. */
const WORKER = 'libuv-worker';
const LOWER_BY = 10;
const LOWEST = 19;

/**
 * Lowers the priority of libuv's worker threads, which run bcrypt, so that other requests and PostgreSQL on the same machine
 * go first when the processors are busy. Affects the whole process. Only Linux has a priority for each thread.
 */
export function lowerWorkerPriority(): void {
  try {
    const niceness = Math.min(LOWEST, getPriority() + LOWER_BY);
    for (const id of readdirSync(TASKS))
      if (readFileSync(`${TASKS}/${id}/comm`, 'utf8').startsWith(WORKER)) setPriority(Number(id), niceness);
  } catch {
    // The service also works without it.
  }
}
