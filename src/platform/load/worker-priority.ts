import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

const TASKS = '/proc/self/task';
/** The name that libuv gives to the threads of its pool. */
const WORKER = 'libuv-worker';
const LOWER_BY = 10;
const LOWEST = 19;

/**
 * Lets requests that only need the event loop, and PostgreSQL on the same machine, go before passwords if the processors
 * are busy: bcrypt runs on the threads of libuv. Concerns the whole process, and only Linux has priorities for threads.
 */
export function lowerWorkerPriority(): void {
  try {
    const niceness = Math.min(LOWEST, getPriority() + LOWER_BY);
    for (const id of readdirSync(TASKS))
      if (readFileSync(`${TASKS}/${id}/comm`, 'utf8').startsWith(WORKER)) setPriority(Number(id), niceness);
  } catch {
    // Everything works without it.
  }
}
