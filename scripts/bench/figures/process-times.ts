import { readdir, readFile } from 'node:fs/promises';

/** The unit in which Linux counts process time. */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1000 / TICKS_PER_SECOND;

/** Positions in /proc/<pid>/stat, counted from the field after the name of the program. */
const PARENT = 1;
const OWN_TIMES = [11, 12];
const TIMES_OF_ENDED_CHILDREN = [13, 14];

async function statOf(pid: number): Promise<readonly number[] | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

function sumOf(stat: readonly number[] | undefined, fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum + (stat?.[field] ?? 0), 0) * MS_PER_TICK;
}

/** The processor time that processes have used so far, in milliseconds; null if the system does not report it. */
export async function cpuMsOf(pids: readonly number[]): Promise<number | null> {
  const stats = await Promise.all(pids.map(statOf));
  if (stats.includes(undefined)) return null;
  return stats.reduce((sum, stat) => sum + sumOf(stat, OWN_TIMES), 0);
}

/**
 * The processor time that a process and its children have used so far, in milliseconds, including children that have
 * ended; null if the system does not report it.
 */
export async function cpuMsOfTree(pid: number): Promise<number | null> {
  const root = await statOf(pid);
  if (!root) return null;
  const all = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .map(statOf),
  );
  const children = all.filter((stat) => stat?.[PARENT] === pid);
  const own = sumOf(root, [...OWN_TIMES, ...TIMES_OF_ENDED_CHILDREN]);
  return children.reduce((sum, stat) => sum + sumOf(stat, OWN_TIMES), own);
}

export interface MachineTimes {
  /** What programs used, in milliseconds of one processor. */
  readonly programsMs: number;
  /** What the hypervisor gave to other machines. */
  readonly stolenMs: number;
  readonly totalMs: number;
}

/** The processor time of the whole machine so far; null if the system does not report it. */
export async function machineTimes(): Promise<MachineTimes | null> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => undefined);
  const fields = /^cpu +(.+)$/m
    .exec(text ?? '')?.[1]
    ?.split(' ')
    .map((ticks) => Number(ticks) * MS_PER_TICK);
  if (!fields) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = fields;
  const programsMs = user + nice + system;
  return { programsMs, stolenMs: stolen, totalMs: programsMs + idle + waiting + irq + softIrq + stolen };
}
