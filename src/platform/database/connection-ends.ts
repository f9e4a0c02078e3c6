import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** How long a server may take to end a connection that is closed. */
const END_MS = 2_000;

/**
 * Makes `end` wait until the server has ended the connections. The pool itself does not, and PostgreSQL drops no database
 * that has connections.
 */
export function awaitConnectionEnds(pool: Pool): void {
  const ends = new Set<Promise<void>>();
  pool.on('connect', (client) => {
    const end = new Promise<void>((resolve) => client.once('end', resolve)).then(() => void ends.delete(end));
    ends.add(end);
  });
  const endPool: () => Promise<void> = pool.end.bind(pool);
  pool.end = async () => {
    await endPool();
    await Promise.race([Promise.all(ends), delay(END_MS, undefined, { ref: false })]);
  };
}
