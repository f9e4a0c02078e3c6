import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { silentLogger } from '../../src/platform/logger.js';
import { afterwards } from './clean-up.js';
import { cpuMsOfTree } from './figures/process-times.js';
import { countStatements } from './figures/statements.js';
import type { StatementCount } from './service/server.js';

/** The PostgreSQL server that everything in a run shares. */
export interface Cluster {
  readonly version: string;
  /** The processor time of the server so far, all its processes together. */
  cpuMs(): Promise<number | null>;
  createDatabase(name: string): Promise<Database>;
}

export interface Database {
  readonly url: string;
  readonly statements: StatementCount;
}

const MAX_CONNECTIONS = 200;

/** Starts a PostgreSQL that counts statements. The cleanup stops it and deletes its data. */
export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-bench-'));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL may have to run as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  const settings = ['shared_preload_libraries=pg_stat_statements', `max_connections=${String(MAX_CONNECTIONS)}`];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const starting = startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: silentLogger, flags });
  afterwards(async () => (await starting).stop());
  const postgres = await starting;
  const urlOf = (database: string): string => Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href;
  // In another database, so that these statements are not counted.
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  afterwards(() => client.end());
  await client.query('create extension if not exists pg_stat_statements');
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return {
    version: rows[0]?.server_version ?? '',
    cpuMs: () => cpuMsOfTree(postgres.pid),
    async createDatabase(name) {
      await client.query(`create database ${name}`);
      return { url: urlOf(name), statements: () => countStatements(client, name) };
    },
  };
}
