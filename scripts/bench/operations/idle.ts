import { setTimeout as wait } from 'node:timers/promises';
import { round } from '../figures/numbers.js';
import { cpuMsOf } from '../figures/process-times.js';
import type { Server } from '../service/server.js';

/** What a server does while nobody asks it anything. */
export interface IdleResult {
  readonly name: string;
  readonly statementsPerSecond: number;
  /** Of the processes of the server. */
  readonly cpuMsPerSecond: number | null;
}

/** Watches all servers at the same time. */
export async function measureIdle(servers: readonly Server[], seconds: number): Promise<IdleResult[]> {
  console.error(`idle: watching for ${String(seconds)} s`);
  const before = await Promise.all(servers.map(read));
  await wait(seconds * 1000);
  const after = await Promise.all(servers.map(read));
  return servers.map(({ name }, n) => {
    const [cpuBefore, cpuAfter] = [before[n]?.cpuMs ?? null, after[n]?.cpuMs ?? null];
    const statements = (after[n]?.statements ?? 0) - (before[n]?.statements ?? 0);
    return {
      name,
      statementsPerSecond: round(statements / seconds, 2),
      cpuMsPerSecond: cpuBefore === null || cpuAfter === null ? null : round((cpuAfter - cpuBefore) / seconds, 2),
    };
  });
}

async function read({ pids, database }: Server): Promise<{ statements: number; cpuMs: number | null }> {
  return { statements: (await database?.statements()) ?? 0, cpuMs: await cpuMsOf(pids) };
}
