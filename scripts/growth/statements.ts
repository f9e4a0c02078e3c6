import type { Grown, PostgresServer } from './databases.js';

/** What one statement cost the server, for each request that caused it. */
export interface StatementCost {
  readonly text: string;
  readonly calls: number;
  /** While it ran, without the planning. */
  readonly ms: number;
  readonly planningMs: number;
  /** How often it was planned. */
  readonly plans: number;
  /** Pages read from the buffers of the server, or from the system if they were not there. */
  readonly blocks: number;
  /** Those of them that were not in the buffers of the server. */
  readonly readBlocks: number;
}

/** Those of a request: the job queue and the delivery of events touch none of these tables. */
const OF_REQUESTS = 'auth_(user|session|device|login_attempt)';

/** Whether a request caused a statement, and not the background work of the service. */
export function isOfRequest(text: string): boolean {
  return new RegExp(OF_REQUESTS).test(text);
}

export async function resetStatements({ admin }: PostgresServer, { client }: Grown): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  await admin.query('select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = $1', [rows[0]?.name]);
}

/** The statements of a database since the last reset. */
export async function readStatements({ admin }: PostgresServer, { client }: Grown): Promise<StatementCost[]> {
  const { rows: here } = await client.query<{ name: string }>('select current_database() as name');
  const { rows } = await admin.query<StatementCost>(
    `select query as text, calls::float8, total_exec_time as ms, total_plan_time as "planningMs",
       plans::float8, shared_blks_read::float8 as "readBlocks",
       (shared_blks_hit + shared_blks_read)::float8 as blocks
     from pg_stat_statements where toplevel and query ~ $2
       and dbid = (select oid from pg_database where datname = $1)`,
    [here[0]?.name, OF_REQUESTS],
  );
  return rows;
}

/** The beginning of a statement and its source, which tell it from the others. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.replace(/^(select) .*? (from .*)$/, '$1 … $2').slice(0, 200);
}
