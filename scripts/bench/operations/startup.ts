import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../test/support/free-port.js';
import { median, round } from '../figures/numbers.js';
import { cpuMsOf } from '../figures/process-times.js';
import { sendOnce } from '../load/http-connection.js';
import { spawnProgram, type StartCommand } from '../service/program.js';

/** Medians of several starts on a database that is already migrated. */
export interface StartupResult {
  readonly name: string;
  /** From the start of the process to its first successful response. */
  readonly ms: number;
  readonly lowestMs: number;
  readonly highestMs: number;
  /** The processor time of the process until then. */
  readonly cpuMs: number | null;
}

interface Start {
  readonly ms: number;
  readonly cpuMs: number | null;
}

const POLL_MS = 2;
const LONGEST_START_MS = 30_000;

/** Starts each program several times, in turns. */
export async function measureStartup(commands: readonly StartCommand[], starts: number): Promise<StartupResult[]> {
  const measured = new Map<StartCommand, Start[]>(commands.map((command) => [command, []]));
  for (let n = 1; n <= starts; n += 1) {
    console.error(`startup: ${String(n)} of ${String(starts)}`);
    for (const command of commands) measured.get(command)?.push(await startOnce(command));
  }
  return [...measured].map(([{ name }, all]) => {
    const times = all.map(({ ms }) => ms);
    const cpu = all.map(({ cpuMs }) => cpuMs).filter((value) => value !== null);
    return {
      name,
      ms: Math.round(median(times)),
      lowestMs: Math.round(Math.min(...times)),
      highestMs: Math.round(Math.max(...times)),
      cpuMs: cpu.length < all.length ? null : round(median(cpu), 0),
    };
  });
}

async function startOnce({ name, words, environment, firstRequest }: StartCommand): Promise<Start> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const began = performance.now();
  const { child, stop } = spawnProgram(words, { ...environment, PORT: String(port) });
  child.stdout?.resume();
  while (performance.now() - began < LONGEST_START_MS && child.exitCode === null) {
    const reply = await sendOnce(url, firstRequest).catch(() => undefined);
    if (reply?.status === 200) {
      const start = { ms: performance.now() - began, cpuMs: await cpuMsOf([child.pid ?? 0]) };
      await stop();
      return start;
    }
    await wait(POLL_MS);
  }
  throw new Error(`${name} did not start`);
}
