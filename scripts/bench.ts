import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import bcrypt from 'bcrypt';
import pg from 'pg';
import { silentLogger } from '../src/kernel/logger.js';
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.js';
import { compareTimings } from './bench/enumeration.js';
import { drive, percentile, post, type Measured } from './bench/load.js';
import { prepareOperations } from './bench/operations.js';
import { cpuMs, startProgram } from './bench/processes.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const SECONDS = Math.min(60, Math.max(1, Number(values.seconds)));
const COST = 10;

interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
  readonly cpuMsPerRequest: number | null;
  readonly statementsPerRequest?: number;
}

const cleanUps: (() => Promise<unknown>)[] = [];

async function measure(
  pid: number,
  clients: number,
  step: Parameters<typeof drive>[2],
  statements?: () => Promise<number>,
): Promise<Figures> {
  await drive(clients, 1, step);
  const [cpuBefore, statementsBefore] = [await cpuMs(pid), await statements?.()];
  const measured = await drive(clients, SECONDS, step);
  const [cpuAfter, statementsAfter] = [await cpuMs(pid), await statements?.()];
  const cpu = cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / measured.requests;
  return {
    ...summarise(measured),
    cpuMsPerRequest: cpu === null ? null : round(cpu, 3),
    ...(statementsBefore !== undefined &&
      statementsAfter !== undefined && {
        statementsPerRequest: round((statementsAfter - statementsBefore) / measured.requests, 2),
      }),
  };
}

function summarise({ requests, failures, seconds, latencies }: Measured): Omit<Figures, 'cpuMsPerRequest'> {
  return {
    perSecond: round(requests / seconds, 1),
    p50Ms: round(percentile(latencies, 0.5), 2),
    p99Ms: round(percentile(latencies, 0.99), 2),
    failures,
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** How many hashes this machine makes a second, with one under way per core as the service has. */
async function hashesPerSecond(): Promise<number> {
  const { requests, seconds } = await drive(availableParallelism(), SECONDS, async () => {
    await bcrypt.hash('correct horse battery staple', COST);
    return true;
  });
  return round(requests / seconds, 1);
}

async function run(): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-bench-'));
  await chmod(folder, 0o755);
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const flags = ['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'max_connections=100'];
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: silentLogger, flags });
  cleanUps.push(() => postgres.stop());
  const service = await startProgram(['dist/cli.js', 'serve'], {
    ...{ PORT: '0', LOG_LEVEL: 'warn', NODE_ENV: 'development', DATA_DIR: folder, MAIL_PRODUCT_NAME: 'the benchmark' },
    ...{
      DATABASE_URL: postgres.url,
      JWT_SECRET: randomBytes(48).toString('base64'),
      PASSWORD_SALT_ROUNDS: String(COST),
    },
  });
  cleanUps.push(() => service.stop());
  const floor = await startProgram(['--import', '@swc-node/register/esm-register', 'scripts/bench/floor-server.ts'], {
    NODE_ENV: 'production',
  });
  cleanUps.push(() => floor.stop());
  return { ...machine(), ...(await compare(postgres.url, service, floor)) };
}

function machine(): object {
  return { node: process.version, cores: cpus().length, secondsEach: SECONDS, bcryptCost: COST };
}

async function compare(
  databaseUrl: string,
  service: { url: string; pid: number },
  floor: { url: string; pid: number },
): Promise<object> {
  const admin = new pg.Client({
    connectionString: Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href,
  });
  await admin.connect();
  cleanUps.push(() => admin.end());
  await admin.query('create extension if not exists pg_stat_statements');
  const statements = async (): Promise<number> => {
    const text = `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where toplevel
      and dbid = (select oid from pg_database where datname = $1)`;
    const { rows } = await admin.query<{ calls: number }>(text, [new URL(databaseUrl).pathname.slice(1)]);
    return rows[0]?.calls ?? 0;
  };
  const body = JSON.stringify({ query: '{ me { id email } }' });
  const answers = async (path: string): Promise<boolean> =>
    (await post(`${floor.url}${path}`, body)).text.includes('ada@example.com');
  const constant = await measure(floor.pid, 50, () => answers('/constant'));
  const apollo = await measure(floor.pid, 50, () => answers('/graphql'));
  const results: Record<string, Figures> = {};
  const url = `${service.url}/graphql`;
  const { operations, emails } = await prepareOperations(url);
  for (const { name, clients, step } of operations) {
    console.error(`measuring ${name} …`);
    results[name] = await measure(service.pid, clients, step, statements);
  }
  console.error('measuring what the time of an answer tells …');
  const enumeration = await compareTimings(url, emails);
  const bcryptPerSecond = await hashesPerSecond();
  return {
    floors: { fastifyConstant: constant, apolloPlainField: apollo, bcryptPerSecond },
    results,
    enumeration,
    ratios: ratiosOf(results, constant, apollo, bcryptPerSecond),
  };
}

function ratiosOf(
  results: Record<string, Figures>,
  constant: Figures,
  apollo: Figures,
  bcryptPerSecond: number,
): object {
  const of = (name: string): number => results[name]?.perSecond ?? Number.NaN;
  return {
    'me / fastify constant': round(of('me') / constant.perSecond, 3),
    'me / apollo plain field': round(of('me') / apollo.perSecond, 3),
    'refresh / apollo plain field': round(of('refresh') / apollo.perSecond, 3),
    '_entities of 50 / apollo plain field': round(of('_entities of 50 users') / apollo.perSecond, 3),
    'login / bcrypt': round(of('login') / bcryptPerSecond, 3),
    'register / bcrypt': round(of('register') / bcryptPerSecond, 3),
  };
}

try {
  console.log(JSON.stringify(await run(), null, 2));
} finally {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
}
