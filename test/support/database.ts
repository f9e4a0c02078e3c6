import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { dumpRows } from './database-dump.js';
import { RunRecord } from './secrets/run-record.js';
import { until } from './until.js';

/** The address of the run's cluster; set once for all workers. */
export const ADMIN_URL_VARIABLE = 'AUTH_SUBGRAPH_TEST_CLUSTER';
export const TEMPLATE_DATABASE = 'auth_template';

export function adminUrl(): string {
  const url = process.env[ADMIN_URL_VARIABLE];
  if (url === undefined) throw new Error('the test cluster has not been started');
  return url;
}

export function urlOf(database: string): string {
  return Object.assign(new URL(adminUrl()), { pathname: `/${database}` }).href;
}

/** Runs one statement on its own connection. */
export async function runSql<Row extends object = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // A server may end after its response. If it ends before, the statement fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Drops a database. Its rows are noted first, for the search for secrets at the end of the run. */
export async function dropDatabase(name: string, server: string = adminUrl()): Promise<void> {
  await runSql(
    server,
    `alter database ${name} allow_connections true;
     select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  const rows = await dumpRows(Object.assign(new URL(server), { pathname: `/${name}` }).href);
  RunRecord.ofRun().rows(rows);
  await runSql(server, `drop database ${name} with (force)`);
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 50, idleTimeoutMillis: 1000, allowExitOnIdle: true });
  // A test may end every connection.
  pool.on('error', () => undefined);
  return pool;
}

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement in this database. */
  sql<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Locks a table so that readers and writers wait; returns a function that releases it. */
  lock(table: string): Promise<() => Promise<void>>;
  /** Locks rows so that changes of them wait; returns a function that releases them. */
  lockRows(table: string, ids: readonly string[]): Promise<() => Promise<void>>;
  /** Waits until that many statements with a text wait for a lock. The text sets them apart from those of jobs. */
  untilWaiting(text: string, count?: number): Promise<void>;
  /** The number of statements that the server counted while the work ran, including BEGIN and COMMIT. */
  countStatements(work: () => Promise<unknown>): Promise<number>;
  /** Closes every connection and accepts no new ones, like a server that shuts down. */
  cutOff(): Promise<void>;
  letIn(): Promise<void>;
  drop(): Promise<void>;
}

/** Runs a statement in a separate transaction; returns a function that ends it. */
async function holdTransaction(url: string, statement: string, values: unknown[] = []): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: url });
  // A test may close every connection.
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('begin');
  await holder.query(statement, values);
  return () => holder.end();
}

/** A fresh database: a copy of the migrated template, or an empty one, whose texts may follow the rules of a language. */
export async function createTestDatabase({ empty = false, locale = '' } = {}): Promise<TestDatabase> {
  const name = `auth_test_${randomBytes(6).toString('hex')}`;
  const template = empty ? 'template0' : TEMPLATE_DATABASE;
  const rules = locale && `locale_provider icu icu_locale '${locale}'`;
  await runSql(adminUrl(), `create database ${name} template ${template} strategy file_copy ${rules}`);
  const url = urlOf(name);
  // Connections that one test after the other uses: opening one takes longer than most statements.
  let pool = openPool(url);
  return {
    url,
    sql: async <Row extends object>(text: string, values?: unknown[]) => (await pool.query<Row>(text, values)).rows,
    lock: (table) => holdTransaction(url, `lock table ${table}`),
    lockRows: (table, ids) => holdTransaction(url, `select from ${table} where id = any($1) for update`, [ids]),
    async untilWaiting(text, count = 1) {
      const waiting = `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and strpos(query, $1) > 0`;
      await until(async () => (await runSql(url, waiting, [text])).length === count, `${String(count)} of ${text}`);
    },
    async countStatements(work) {
      await runSql(adminUrl(), `select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = '${name}'`);
      await work();
      const [row] = await runSql<{ calls: number; dealloc: string }>(
        adminUrl(),
        `select coalesce(sum(calls), 0)::int as calls, (select dealloc from pg_stat_statements_info)
         from pg_stat_statements(false) where dbid = (select oid from pg_database where datname = '${name}')`,
      );
      if (row?.dealloc !== '0') throw new Error('PostgreSQL forgot statements; raise pg_stat_statements.max');
      return row.calls;
    },
    async cutOff() {
      await pool.end();
      pool = openPool(url);
      await runSql(adminUrl(), `alter database ${name} allow_connections false`);
      await runSql(adminUrl(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    },
    async letIn() {
      await runSql(adminUrl(), `alter database ${name} allow_connections true`);
    },
    async drop() {
      await pool.end();
      await dropDatabase(name);
    },
  };
}
