import { cpus, loadavg } from 'node:os';
import { startCluster, type Cluster } from './cluster.js';
import { memoryOf, type Memory } from './figures/memory.js';
import type { Surroundings } from './figures/measure-round.js';
import { noiseBefore, noiseBetween, sampleBusyShare } from './figures/noise.js';
import { round } from './figures/numbers.js';
import { untilIdle } from './figures/statements.js';
import { measureIdle, type IdleResult } from './operations/idle.js';
import { runOperation, type OperationResult } from './operations/run-operation.js';
import { measureStartup, type StartupResult } from './operations/startup.js';
import type { Options } from './options.js';
import type { Contestant } from './plan/contestant.js';
import { startContestants, type Started } from './plan/contestants.js';
import { FLOORS, Floors } from './plan/floors.js';
import { planOperations } from './plan/operations.js';
import { estimateReference, REFERENCE, type ReferenceEstimate } from './reference.js';
import { startMailSink } from './service/mail-sink.js';
import { requirePgBouncer } from './service/pooler.js';
import { checkOut, describeCheckout } from './service/revision.js';
import type { Server } from './service/server.js';
import { BCRYPT_COST, POOL_SIZE } from './service/service.js';
import { runSpecialParts } from './special-parts.js';

export interface Outcome {
  readonly revision: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Why no ratio of this run can be trusted. Each operation may have further reasons. */
  readonly noise: readonly string[];
  readonly operations: readonly OperationResult[];
  readonly startup: readonly StartupResult[];
  readonly idle: readonly IdleResult[];
  readonly memory: readonly MemoryResult[];
  readonly special: Readonly<Record<string, unknown>>;
  readonly reference: typeof REFERENCE;
  readonly estimate: ReferenceEstimate | null;
}

export interface MemoryResult {
  readonly name: string;
  readonly idleMb: number | null;
  readonly peakMb: number | null;
}

/**
 * How long an idle server is watched if nobody wants to know: to tell its polling from its work. The service frees the memory
 * of its startup after three seconds.
 */
const CALIBRATION_SECONDS = 5;

/** Runs everything that the options select. The cleanup stops what it starts. */
export async function run(options: Options, folder: string): Promise<Outcome> {
  if (options.mode?.kind === 'pgbouncer') requirePgBouncer();
  const revision = await describeCheckout(folder);
  const earlier = options.mode?.kind === 'revision' ? await checkOut(options.mode.revision, folder) : undefined;
  const cluster = await startCluster();
  const builds = { build: { name: revision, folder }, earlier };
  const started = await startContestants(cluster, await startMailSink(), builds, options.mode);
  const prepared = await prepare(started, options);
  const load = await measureOperations(options, cluster, prepared.contestants);
  const commands = prepared.contestants.map(({ start }) => start);
  return {
    revision,
    machine: { ...describeMachine(), postgres: cluster.version, loadAverage: load.loadAverage },
    settings: describeSettings(options),
    noise: load.noise,
    operations: load.operations,
    startup: options.parts.has('startup') ? await measureStartup(commands, options.starts) : [],
    idle: prepared.idle,
    memory: await Promise.all(started.map(({ server }, n) => describeMemory(server, prepared.memory[n] ?? null))),
    special: await runSpecialParts(options, prepared.contestants, prepared.emails),
    reference: REFERENCE,
    estimate: estimateReference(load.operations) ?? null,
  };
}

interface MeasuredOperations extends Pick<Outcome, 'noise' | 'operations'> {
  /** Before the load. */
  readonly loadAverage: number;
}

async function measureOperations(
  options: Options,
  cluster: Cluster,
  contestants: readonly Contestant[],
): Promise<MeasuredOperations> {
  const floors = new Floors();
  const plan = await planOperations(options, contestants, floors);
  const loadAverage = round(loadavg()[0] ?? Number.NaN, 2);
  const busy = noiseBefore(await sampleBusyShare());
  const surroundings = await surroundingsOf(cluster, contestants, floors);
  const measured: OperationResult[] = [];
  for (const operation of plan) measured.push(await runOperation(operation, options, surroundings));
  const noise = [...busy, ...driftIn(measured)];
  return {
    loadAverage,
    noise,
    operations: noise.length > 0 && !options.allowNoise ? measured.map(withoutComparisons) : measured,
  };
}

interface Prepared {
  readonly contestants: readonly Contestant[];
  readonly idle: readonly IdleResult[];
  /** Before the first request. */
  readonly memory: readonly (Memory | null)[];
  readonly emails: readonly string[];
}

/** Watches the servers before their first request, and registers the accounts. */
async function prepare(started: readonly Started[], { parts, idleSeconds }: Options): Promise<Prepared> {
  const servers = started.map(({ server }) => server);
  const seconds = parts.has('idle') ? idleSeconds : CALIBRATION_SECONDS;
  const idle = await measureIdle(servers, seconds);
  const memory = await Promise.all(servers.map(({ pids }) => memoryOf(pids)));
  const contestants: Contestant[] = [];
  let emails: readonly string[] = [];
  for (const [n, { server, start, prepare: register }] of started.entries()) {
    console.error(`registering accounts: ${server.name}`);
    const exchanges = await register();
    emails = exchanges.emails ?? emails;
    contestants.push({ server, exchanges, start, idlePerSecond: idle[n]?.statementsPerSecond ?? 0 });
  }
  for (const { server, idlePerSecond } of contestants)
    if (server.database) await untilIdle(server.database.statements, idlePerSecond);
  return { contestants, idle: parts.has('idle') ? idle : [], memory, emails };
}

async function surroundingsOf(
  cluster: Cluster,
  contestants: readonly Contestant[],
  floors: Floors,
): Promise<Surroundings> {
  const servers = contestants.flatMap(({ server: { pids, database } }) => [...pids, ...(database?.poolerPids ?? [])]);
  const pids = [...servers, ...(await floors.pids())];
  return { postgresCpuMs: () => cluster.cpuMs(), pids: () => pids };
}

function driftIn(operations: readonly OperationResult[]): string[] {
  return Object.values(FLOORS).flatMap((floor) => {
    const same = operations.flatMap(({ subjects }) => subjects.filter(({ name }) => name === floor));
    return noiseBetween(
      floor,
      same.map(({ perSecond }) => perSecond),
    );
  });
}

function withoutComparisons(operation: OperationResult): OperationResult {
  return { ...operation, comparisons: [] };
}

async function describeMemory({ name, pids }: Server, before: Memory | null): Promise<MemoryResult> {
  const now = await memoryOf(pids);
  return { name, idleMb: before?.residentMb ?? null, peakMb: now?.peakMb ?? null };
}

function describeSettings({ rounds, seconds }: Options): Outcome['settings'] {
  return { rounds, secondsPerRound: seconds, bcryptCost: BCRYPT_COST, poolSize: POOL_SIZE };
}

function describeMachine(): Record<string, string | number> {
  const processors = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
  };
}
