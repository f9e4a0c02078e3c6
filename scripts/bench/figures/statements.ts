import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { StatementCount } from '../service/server.js';

const CHECK_MS = 250;
const LONGEST_WAIT_MS = 60_000;
/** Polling comes in bursts. This much more than the average of an idle service is still polling. */
const BURST_FACTOR = 2;
const BURST_STATEMENTS = 5;

export async function countStatements(client: pg.Client, database: string): Promise<number> {
  const text = `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where toplevel
    and dbid = (select oid from pg_database where datname = $1)`;
  const { rows } = await client.query<{ calls: number }>(text, [database]);
  return rows[0]?.calls ?? 0;
}

/**
 * Waits until a service has finished the background work of earlier requests.
 * @param idlePerSecond the statements per second of the service while it has nothing to do
 */
export async function untilIdle(statements: StatementCount, idlePerSecond: number): Promise<void> {
  const polling = (idlePerSecond * BURST_FACTOR * CHECK_MS) / 1000 + BURST_STATEMENTS;
  const patience = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < patience) {
    const before = await statements();
    await wait(CHECK_MS);
    if ((await statements()) - before <= polling) return;
  }
  throw new Error('a service does not become idle');
}
