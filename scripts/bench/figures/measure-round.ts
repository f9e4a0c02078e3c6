import { drive, openAll, type Exchange } from '../load/drive.js';
import type { Server } from '../service/server.js';
import { percentile } from './numbers.js';
import { cpuMsOf, machineTimes, type MachineTimes } from './process-times.js';

/** A server under one kind of load. */
export interface Subject {
  /** Unique within an operation. */
  readonly name: string;
  readonly server: Server;
  readonly connections: number;
  readonly exchange: Exchange;
  /** The statements that the server runs while it has nothing to do. */
  readonly idlePerSecond: number;
  /** How many times as long as a round its warm-up is. */
  readonly warmUpRounds: number;
}

/** What one round measured. Null where the system does not report it, or where it does not apply. */
export interface RoundFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the processes of the server, per request. */
  readonly cpuMs: number | null;
  /** Of all processes of PostgreSQL, per request. */
  readonly postgresCpuMs: number | null;
  /** Per request, including background work but not the polling of an idle service. */
  readonly statements: number | null;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  /** The processor time of the load generator, as a share of one core. */
  readonly generatorShare: number;
  /** The processor time of programs that do not belong to the benchmark, as a share of the machine. */
  readonly foreignShare: number | null;
  readonly stolenShare: number | null;
}

export interface Surroundings {
  readonly postgresCpuMs: () => Promise<number | null>;
  /** All processes of the run except this one and PostgreSQL. */
  readonly pids: () => readonly number[];
}

interface Counters {
  readonly at: number;
  readonly server: number | null;
  readonly postgres: number | null;
  readonly statements: number | null;
  readonly generator: number;
  readonly own: number | null;
  readonly machine: MachineTimes | null;
}

/**
 * Puts load on a server for a while, and measures what it uses.
 * @param settle waits for background work, which is measured too
 */
export async function measureRound(
  subject: Subject,
  seconds: number,
  surroundings: Surroundings,
  settle: () => Promise<void>,
): Promise<RoundFigures> {
  const connections = await openAll({ urls: subject.server.urls, connections: subject.connections });
  const before = await readCounters(subject, surroundings);
  const { requests, failures, firstFailure, latencies, ...load } = await drive(connections, subject.exchange, {
    seconds,
  });
  const generatorMs = generatorCpuMs() - before.generator;
  for (const connection of connections) connection.close();
  await settle();
  const after = await readCounters(subject, surroundings);
  const hasDatabase = subject.server.database !== undefined;
  const polling = (subject.idlePerSecond * (after.at - before.at)) / 1000;
  return {
    perSecond: requests / load.seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMs: each(before.server, after.server, requests),
    postgresCpuMs: hasDatabase ? each(before.postgres, after.postgres, requests) : null,
    statements: each(before.statements, after.statements === null ? null : after.statements - polling, requests),
    failures,
    firstFailure,
    generatorShare: generatorMs / 1000 / load.seconds,
    ...sharesOf(before, after),
  };
}

function each(before: number | null, after: number | null, requests: number): number | null {
  return before === null || after === null ? null : (after - before) / requests;
}

function generatorCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function readCounters({ server }: Subject, { pids, postgresCpuMs }: Surroundings): Promise<Counters> {
  const poolers = server.database?.poolerPids ?? [];
  const statements = (await server.database?.statements()) ?? null;
  const [own, postgres, pooler] = [await cpuMsOf(pids()), await postgresCpuMs(), await cpuMsOf(poolers)];
  return {
    at: performance.now(),
    server: await cpuMsOf(server.pids),
    postgres: postgres === null || pooler === null ? null : postgres + pooler,
    statements,
    generator: generatorCpuMs(),
    own: own === null || postgres === null ? null : own + postgres + generatorCpuMs(),
    machine: await machineTimes(),
  };
}

function sharesOf(before: Counters, after: Counters): Pick<RoundFigures, 'foreignShare' | 'stolenShare'> {
  if (!before.machine || !after.machine || before.own === null || after.own === null)
    return { foreignShare: null, stolenShare: null };
  const total = after.machine.totalMs - before.machine.totalMs;
  const programs = after.machine.programsMs - before.machine.programsMs;
  return {
    foreignShare: Math.max(0, programs - (after.own - before.own)) / total,
    stolenShare: (after.machine.stolenMs - before.machine.stolenMs) / total,
  };
}
