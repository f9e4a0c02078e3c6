import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import bcrypt from 'bcrypt';
import { silentLogger } from '../src/platform/logger.js';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.js';
import { afterwards, cleanUp, interruption } from './bench/clean-up.js';
import { compareTimings } from './bench/enumeration.js';
import { post } from './bench/load.js';
import { startMailSink } from './bench/mail-sink.js';
import { measure, round, type Figures, type Subject } from './bench/measure.js';
import { prepareOperations } from './bench/operations.js';
import { startProgram, type Running } from './bench/processes.js';
import { ratiosOf, type Baselines } from './bench/ratios.js';
import { measureRevocations } from './bench/revocations.js';
import { compareVerifiers } from './bench/verification.js';
import { statementCounter, untilIdle } from './bench/statements.js';

const COST = 10;
const MAX_SECONDS = 60;

interface Outcome {
  readonly baselines: Baselines;
  readonly results: readonly Figures[];
  readonly [name: string]: unknown;
}

function readSeconds(): number {
  const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? process.env['BENCH_SECONDS'] ?? 5);
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new Error(`--seconds must be a number from 1 to ${String(MAX_SECONDS)}`);
}

/** Hashing in this process while the service is idle, with one hash per core at a time, as in the service. */
const BCRYPT: Subject = {
  name: 'bcrypt',
  clients: availableParallelism(),
  pid: process.pid,
  step: async () => (await bcrypt.hash('correct horse battery staple', COST)).length > 0,
};

async function startService(folder: string, databaseUrl: string): Promise<Running> {
  return startProgram(['dist/cli/main.js', 'serve'], {
    NODE_ENV: 'production',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    SMTP_URL: await startMailSink(),
    MAIL_PRODUCT_NAME: 'the benchmark',
    JWT_SECRET: randomBytes(48).toString('base64'),
    PASSWORD_SALT_ROUNDS: String(COST),
    ROUTER_ALLOW_DIRECT_ACCESS: 'true',
    // All clients of the benchmark share one address.
    EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0',
  });
}

async function startDatabase(folder: string): Promise<string> {
  const flags = ['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'max_connections=100'];
  const starting = startEmbeddedPostgres({ folder: join(folder, 'postgres'), logger: silentLogger, flags });
  afterwards(async () => (await starting).stop());
  return (await starting).url;
}

async function run(seconds: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-bench-'));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL may have to run as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  const databaseUrl = await startDatabase(folder);
  const service = await startService(folder, databaseUrl);
  const floor = await startProgram(['--import', '@swc-node/register/esm-register', 'scripts/bench/floor-server.ts'], {
    NODE_ENV: 'production',
  });
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cores: cpus().length };
  const loadBefore = round(loadavg()[0] ?? Number.NaN, 2);
  const measured = await compare(databaseUrl, service, floor, seconds);
  const verification = await compareVerifiers(seconds);
  const revocations = await measureRevocations(databaseUrl, service.url);
  return { ...machine, loadBefore, secondsEach: seconds, bcryptCost: COST, ...measured, verification, revocations };
}

/** Each next to its baseline, so that a busy machine slows down both. */
async function compare(databaseUrl: string, service: Running, floor: Running, seconds: number): Promise<Outcome> {
  const statements = await statementCounter(databaseUrl);
  const url = `${service.url}/graphql`;
  const { emails, me, refresh, entities, login, register } = await prepareOperations(url);
  await untilIdle(statements);
  const ours = { pid: service.pid, statements };
  const fastifyConstant = await measure(floorSubject(floor, 'fastify constant', '/constant'), seconds);
  const apolloPlainField = await measure(floorSubject(floor, 'apollo plain field', '/graphql'), seconds);
  const results = [];
  for (const operation of [me, refresh, entities]) results.push(await measure({ ...ours, ...operation }, seconds));
  const hashes = await measure(BCRYPT, seconds);
  for (const operation of [login, register]) {
    results.push(await measure({ ...ours, ...operation }, seconds));
    await untilIdle(statements);
  }
  console.error('measuring what response times reveal …');
  const enumeration = await compareTimings(url, emails);
  const baselines = { fastifyConstant, apolloPlainField, bcrypt: hashes };
  return { baselines, results, ratios: ratiosOf(results, baselines), enumeration };
}

function floorSubject({ url, pid }: Running, name: string, path: string): Subject {
  const body = JSON.stringify({ query: '{ me { id email } }' });
  const step = async (): Promise<boolean> => {
    const { status, text } = await post(`${url}${path}`, body);
    return status === 200 && text.includes('ada@example.com');
  };
  return { name, clients: 50, step, pid };
}

try {
  const outcome = await Promise.race([run(readSeconds()), interruption()]);
  console.log(JSON.stringify(outcome, null, 2));
  const { baselines, results } = outcome;
  const { fastifyConstant, apolloPlainField, bcrypt: hashes } = baselines;
  const measured = [fastifyConstant, apolloPlainField, hashes, ...results];
  for (const { name, failures } of measured) if (failures > 0) console.error(`${name}: ${String(failures)} failures`);
  process.exitCode = measured.some(({ failures }) => failures > 0) ? 1 : 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
// Work left over after an interruption would keep the process alive.
process.exit();
