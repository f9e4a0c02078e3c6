import { readFile } from 'node:fs/promises';
import { round } from './numbers.js';

export interface Memory {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** The memory of processes together; null if the system does not report it. */
export async function memoryOf(pids: readonly number[]): Promise<Memory | null> {
  const all = await Promise.all(pids.map(readMemory));
  const known = all.filter((memory) => memory !== null);
  if (known.length < all.length) return null;
  const sum = (read: (memory: Memory) => number): number =>
    round(
      known.reduce((mb, one) => mb + read(one), 0),
      1,
    );
  return { residentMb: sum(({ residentMb }) => residentMb), peakMb: sum(({ peakMb }) => peakMb) };
}

async function readMemory(pid: number): Promise<Memory | null> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  if (resident === undefined || peak === undefined) return null;
  return { residentMb: Number(resident) / 1024, peakMb: Number(peak) / 1024 };
}
