import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import pg from 'pg';
import { systemClock } from '../../src/platform/clock.js';
import { startEmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { afterwards } from '../bench/clean-up.js';
import { PASSWORD } from '../bench/operations/exchanges.js';
import { BCRYPT_COST } from '../bench/service/service.js';
import { withoutIndexes } from './indexes.js';
import { GROWING_TABLES, insertPeople } from './people.js';
import { ServerLog } from './server-log.js';

/** A database with that many users. */
export interface Grown {
  readonly name: 'small' | 'big';
  readonly users: number;
  readonly url: string;
  readonly client: pg.Client;
}

export interface PostgresServer {
  readonly url: string;
  readonly log: ServerLog;
  readonly admin: pg.Client;
  stop(): Promise<void>;
}

/** For loading only: the data is not measured, and a load that fails is repeated. */
const LOADING = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0' },
  ...{ shared_buffers: '1GB', maintenance_work_mem: '1GB', max_wal_size: '4GB', checkpoint_timeout: '30min' },
  autovacuum: 'off',
};
/** Everything else has the defaults of PostgreSQL, as in the service. */
const MEASURING = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' };

/** Starts the embedded PostgreSQL on a folder, to load data or with the settings of the service. */
export async function startServer(
  folder: string,
  purpose: 'loading' | 'measuring',
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  await mkdir(folder, { recursive: true });
  // PostgreSQL may have to run as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  const all = { ...(purpose === 'loading' ? LOADING : MEASURING), ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = new ServerLog();
  const starting = startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: log.logger, flags });
  const stop = async (): Promise<void> => (await starting).stop();
  afterwards(stop);
  const { url } = await starting;
  const admin = await connect(url, 'postgres');
  if (purpose === 'measuring') await admin.query('create extension if not exists pg_stat_statements');
  return { url, log, admin, stop };
}

async function connect(serverUrl: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl(serverUrl, database) });
  // The server may be stopped first.
  client.on('error', () => undefined);
  await client.connect();
  afterwards(() => client.end());
  return client;
}

function databaseUrl(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

const nameOf = (name: Grown['name']): string => `growth_${name}`;

/** Opens a database that has been built. */
export async function openDatabase({ url }: PostgresServer, name: Grown['name'], users: number): Promise<Grown> {
  return { name, users, url: databaseUrl(url, nameOf(name)), client: await connect(url, nameOf(name)) };
}

/** Reads the tables and indexes, so that nothing has to come from the disk; as much as fits stays in the buffers. */
export async function warmUp({ client }: Grown): Promise<void> {
  await client.query('create extension if not exists pg_prewarm');
  await client.query(
    `select pg_prewarm(oid) from pg_class
     where oid = any($1::regclass[]) or oid in (select indexrelid from pg_index where indrelid = any($1::regclass[]))
     order by relkind desc`,
    [GROWING_TABLES],
  );
}

/** Whether an earlier run has finished building the database with that many users. */
export async function isBuilt({ admin }: PostgresServer, name: Grown['name'], users: number): Promise<boolean> {
  const { rows } = await admin.query<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
    [nameOf(name)],
  );
  return rows[0]?.comment === `${String(users)} users`;
}

/** Creates the tables with the migrations of the service, and fills them. */
export async function buildDatabase(server: PostgresServer, name: Grown['name'], users: number): Promise<void> {
  const { admin, url } = server;
  const started = performance.now();
  const report = (done: string): void => {
    console.error(`${nameOf(name)} ${String(Math.round((performance.now() - started) / 1000))} s: ${done}`);
  };
  await admin.query(`drop database if exists ${nameOf(name)} with (force)`);
  await admin.query(`create database ${nameOf(name)} template template0`);
  await migrate(databaseUrl(url, nameOf(name)));
  const client = await connect(url, nameOf(name));
  const passwordHash = await bcrypt.hash(PASSWORD, BCRYPT_COST);
  const load = (): Promise<void> => insertPeople(client, users, { now: systemClock.now(), passwordHash, report });
  await withoutIndexes(client, GROWING_TABLES, load, report);
  await client.query(`vacuum (freeze, analyze) ${GROWING_TABLES.join(', ')}`);
  await client.query('checkpoint');
  await admin.query(`comment on database ${nameOf(name)} is '${String(users)} users'`);
  report('done');
}

async function migrate(url: string): Promise<void> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'migrate'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the migrations failed');
}
