import { randomBytes } from 'node:crypto';
import type { Cluster, Database } from '../cluster.js';
import { get } from '../load/requests.js';
import { prepareService } from '../operations/auth-subgraph.js';
import { prepareBetterAuth } from '../operations/better-auth.js';
import type { Exchanges } from '../operations/exchanges.js';
import { graphql } from '../operations/graphql.js';
import type { Mode } from '../options.js';
import { poolerFor } from '../service/pooler.js';
import { startProgram, type StartCommand } from '../service/program.js';
import type { Server } from '../service/server.js';
import { BCRYPT_COST, deploymentOf, POOL_SIZE, startService, type Build } from '../service/service.js';
import { pathOfServer } from './floors.js';

/** A started server whose accounts are not registered yet. */
export interface Started {
  readonly server: Server;
  readonly start: StartCommand;
  readonly prepare: () => Promise<Exchanges & { readonly emails?: readonly string[] }>;
}

export const SERVICE_NAME = 'auth-subgraph';

export interface Builds {
  readonly build: Build;
  /** The revision to compare with. */
  readonly earlier: Build | undefined;
}

/** Starts the servers that a run compares. The first one is the base of comparisons if there is a mode. */
export async function startContestants(
  cluster: Cluster,
  smtpUrl: string,
  { build, earlier }: Builds,
  mode: Mode | undefined,
): Promise<Started[]> {
  const ours = async (name: string, database: string, options: Omit<StartOptions, 'smtpUrl'> = {}): Promise<Started> =>
    startBuild({ ...build, name }, await cluster.createDatabase(database), { smtpUrl, ...options });
  switch (mode?.kind) {
    case undefined:
      return [
        await ours(SERVICE_NAME, 'bench_service'),
        await startBetterAuth(await cluster.createDatabase('bench_better')),
      ];
    case 'revision': {
      const database = await cluster.createDatabase('bench_earlier');
      const base = await startBuild(earlier ?? build, database, { smtpUrl });
      return [base, await ours('this build', 'bench_service')];
    }
    case 'pgbouncer': {
      const direct = await ours('direct', 'bench_direct');
      const database = await cluster.createDatabase('bench_pooled');
      return [direct, await startPooled({ ...build, name: 'through PgBouncer' }, database, smtpUrl)];
    }
    case 'metrics':
      return [
        await ours('without metrics', 'bench_plain'),
        await ours('with metrics', 'bench_metrics', { settings: { METRICS_PORT: '0' } }),
      ];
    case 'processes':
      return [
        await ours('1 process', 'bench_one'),
        await ours(`${String(mode.processes)} processes`, 'bench_several', { processes: mode.processes }),
      ];
  }
}

interface StartOptions {
  readonly smtpUrl: string;
  readonly processes?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

async function startBuild(
  build: Build,
  database: Database,
  { smtpUrl, processes = 1, settings = {} }: StartOptions,
): Promise<Started> {
  const deployment = await deploymentOf(build, database, smtpUrl, settings);
  const server = await startService(deployment, database, processes);
  const { name, program, environment } = deployment;
  return {
    server,
    start: { name, words: [...program, 'serve'], environment, firstRequest: graphql('{ __typename }') },
    prepare: () => prepareService(server.urls[0] ?? ''),
  };
}

async function startPooled(build: Build, database: Database, smtpUrl: string): Promise<Started> {
  const pooler = await poolerFor(database);
  // Debian's version cannot keep prepared statements apart.
  const settings = { DATABASE_PREPARED_STATEMENTS: 'false' };
  const { server, ...started } = await startBuild(build, pooler.database, { smtpUrl, settings });
  return { ...started, server: { ...server, database: { ...database, poolerPids: [pooler.pid] } } };
}

async function startBetterAuth(database: Database): Promise<Started> {
  const words = [pathOfServer('better-auth')];
  const environment = {
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: randomBytes(32).toString('base64'),
    BCRYPT_COST: String(BCRYPT_COST),
    POOL_SIZE: String(POOL_SIZE),
  };
  const { url, pid } = await startProgram(words, environment);
  const name = 'better-auth';
  return {
    server: { name, urls: [url], pids: [pid], database: { ...database, poolerPids: [] } },
    start: { name, words, environment, firstRequest: get('/api/auth/ok') },
    prepare: () => prepareBetterAuth(url),
  };
}
