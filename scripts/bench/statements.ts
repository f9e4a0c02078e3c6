import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterwards } from './clean-up.js';

export type StatementCount = () => Promise<number>;

const CHECK_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** The job queue polls all the time; this many statements between two checks are just its polling. */
const IDLE_STATEMENTS = 25;

/**
 * Counts the statements that the server has run in a database, queried from another database so as not to count itself.
 */
export async function statementCounter(databaseUrl: string): Promise<StatementCount> {
  const connectionString = Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href;
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  afterwards(() => client.end());
  await client.query('create extension if not exists pg_stat_statements');
  const text = `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where toplevel
    and dbid = (select oid from pg_database where datname = $1)`;
  return async () => {
    const { rows } = await client.query<{ calls: number }>(text, [new URL(databaseUrl).pathname.slice(1)]);
    return rows[0]?.calls ?? 0;
  };
}

/** Waits until the service has finished the background work of earlier requests. */
export async function untilIdle(statements: StatementCount): Promise<void> {
  const patience = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < patience) {
    const before = await statements();
    await wait(CHECK_MS);
    if ((await statements()) - before <= IDLE_STATEMENTS) return;
  }
  throw new Error('the service does not become idle');
}
