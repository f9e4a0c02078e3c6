import { drive, percentile, type Step } from './load.js';
import { cpuMs } from './processes.js';
import type { StatementCount } from './statements.js';

const WARM_UP_SECONDS = 1;

export interface Figures {
  readonly name: string;
  readonly clients: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server process only; null if the system does not report it. */
  readonly cpuMsPerRequest: number | null;
  readonly statementsPerRequest?: number;
  /** Including those of the warm-up. */
  readonly failures: number;
}

export interface Subject {
  readonly name: string;
  readonly clients: number;
  readonly step: Step;
  /** The server process. */
  readonly pid: number;
  readonly statements?: StatementCount;
}

/** Puts load on one server process, after a warm-up, and measures what it uses. */
export async function measure({ name, clients, step, pid, statements }: Subject, seconds: number): Promise<Figures> {
  console.error(`measuring ${name} …`);
  const warmUp = await drive(clients, WARM_UP_SECONDS, step);
  const used = async (): Promise<[number | null, number | undefined]> => [await cpuMs(pid), await statements?.()];
  const [cpuBefore, statementsBefore] = await used();
  const { requests, failures, latencies, ...measured } = await drive(clients, seconds, step);
  const [cpuAfter, statementsAfter] = await used();
  const each = (before: number, after: number): number => round((after - before) / requests, 3);
  return {
    name,
    clients,
    perSecond: round(requests / measured.seconds, 1),
    p50Ms: round(percentile(latencies, 0.5), 2),
    p99Ms: round(percentile(latencies, 0.99), 2),
    cpuMsPerRequest: cpuBefore === null || cpuAfter === null ? null : each(cpuBefore, cpuAfter),
    ...(statementsBefore !== undefined &&
      statementsAfter !== undefined && { statementsPerRequest: each(statementsBefore, statementsAfter) }),
    failures: warmUp.failures + failures,
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
