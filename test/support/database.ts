import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Where the run's cluster is; set once for all workers. */
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

/** Runs one statement on a connection of its own. */
export async function runSql<Row extends object = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement in this database. */
  sql<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Locks a table, so that whoever reads or writes it waits; returns what releases it. */
  lock(table: string): Promise<() => Promise<void>>;
  /** How many statements the server itself counted while the work ran, BEGIN and COMMIT among them. */
  countStatements(work: () => Promise<unknown>): Promise<number>;
  /** Ends every connection and lets no new one in, as a server that goes down does. */
  cutOff(): Promise<void>;
  letIn(): Promise<void>;
  drop(): Promise<void>;
}

/** A fresh database: a copy of the migrated template, or an empty one. */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = `auth_test_${randomBytes(6).toString('hex')}`;
  await runSql(adminUrl(), `create database ${name} template ${empty ? 'template0' : TEMPLATE_DATABASE}`);
  const url = urlOf(name);
  return {
    url,
    sql: (text, values) => runSql(url, text, values),
    async lock(table) {
      const holder = new pg.Client({ connectionString: url });
      // A test may end every connection.
      holder.on('error', () => undefined);
      await holder.connect();
      await holder.query(`begin; lock table ${table}`);
      return () => holder.end();
    },
    async countStatements(work) {
      const own = `dbid = (select oid from pg_database where datname = '${name}')`;
      await runSql(adminUrl(), `select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = '${name}'`);
      await work();
      const [row] = await runSql<{ calls: number }>(
        adminUrl(),
        `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where ${own}`,
      );
      return row?.calls ?? 0;
    },
    async cutOff() {
      await runSql(adminUrl(), `alter database ${name} allow_connections false`);
      await runSql(adminUrl(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    },
    async letIn() {
      await runSql(adminUrl(), `alter database ${name} allow_connections true`);
    },
    drop: async () => {
      await runSql(adminUrl(), `drop database ${name} with (force)`);
    },
  };
}
