import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { TABLES } from '../../src/features.js';
import { migrate } from '../../src/platform/database/orm.js';
import { recordingLogger } from './recording-logger.js';
import { ADMIN_URL_VARIABLE, runSql, TEMPLATE_DATABASE, urlOf } from './database.js';

let running: { postgres: EmbeddedPostgres; folder: string } | undefined;

/** One cluster for the whole run, with a migrated database that every test file copies. */
export async function startCluster(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-test-'));
  // PostgreSQL does not run as root, and its user must be able to enter this folder.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    logger: recordingLogger('log of PostgreSQL').logger,
    flags: [
      ...['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'max_connections=400'],
      // Room for the statements of every test: PostgreSQL forgets some, with their counts, when it runs out.
      ...['-c', 'pg_stat_statements.max=250000'],
      // The data need not survive a power failure.
      ...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
    ],
  });
  running = { postgres, folder };
  process.env[ADMIN_URL_VARIABLE] = postgres.url;
  await runSql(postgres.url, 'create extension if not exists pg_stat_statements');
  await runSql(postgres.url, `create database ${TEMPLATE_DATABASE}`);
  await migrate(urlOf(TEMPLATE_DATABASE), TABLES);
}

export async function stopCluster(): Promise<void> {
  await running?.postgres.stop();
  if (running) await rm(running.folder, { recursive: true, force: true });
}
