import { readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { round } from '../bench/figures/numbers.js';
import { memoryOf } from '../bench/figures/memory.js';
import type { Inspector } from './inspector.js';

/** What a process holds while nobody uses it. */
export interface Sample {
  readonly operations: number;
  readonly residentMb: number | null;
  /** The objects that are left after garbage collection. */
  readonly heapMb: number;
  /** Memory outside the heap that belongs to objects in it. */
  readonly externalMb: number;
  /** Open files and sockets; null if the system does not report them. */
  readonly files: number | null;
  /** Timers, sockets and requests that keep the event loop busy. */
  readonly resources: number;
}

const EXPRESSION = `({ ...process.memoryUsage(), resources: process.getActiveResourcesInfo().length })`;
const BYTES_PER_MB = 1024 * 1024;
/** By then the emails are sent, and the last connections of the clients are closed. */
const REST_MS = 3_000;

interface Usage {
  readonly heapUsed: number;
  readonly external: number;
  readonly resources: number;
}

export async function takeSample(inspector: Inspector, pid: number, operations: number): Promise<Sample> {
  await wait(REST_MS);
  // The first collection runs finalizers, which make more objects unreachable.
  for (let turn = 0; turn < 2; turn += 1) await inspector.collectGarbage();
  const usage = (await inspector.evaluate(EXPRESSION)) as Usage;
  const memory = await memoryOf([pid]);
  const files = await readdir(`/proc/${String(pid)}/fd`).catch(() => null);
  return {
    operations,
    residentMb: memory?.residentMb ?? null,
    heapMb: round(usage.heapUsed / BYTES_PER_MB, 1),
    externalMb: round(usage.external / BYTES_PER_MB, 1),
    files: files?.length ?? null,
    resources: usage.resources,
  };
}
