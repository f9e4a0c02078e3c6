import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceInstance } from '../workload/service-instance.js';
import type { SeededRandom } from '../workload/random.js';
import type { ChaosDatabase } from './database.js';

/** A process or the database was killed and started again. Times are those of `performance.now()`. */
export interface Fault {
  readonly victim: string;
  /** The address of the killed process. */
  readonly url: string | undefined;
  readonly at: number;
  /** When it responded again. */
  readonly backAt: number;
}

interface Victims {
  readonly database: ChaosDatabase;
  readonly services: readonly ServiceInstance[];
}

/** The part of the run over which faults are spread. It begins and ends without faults. */
const [FIRST, LAST] = [0.15, 0.85];

/** Spreads both kinds of faults evenly over the plan. */
export function planFaults(databaseKills: number, processKills: number): ('database' | 'process')[] {
  const plan: ('database' | 'process')[] = [];
  for (let [databases, processes] = [databaseKills, processKills]; databases + processes > 0;) {
    if (databases * processKills >= processes * databaseKills && databases > 0) {
      plan.push('database');
      databases -= 1;
    } else {
      plan.push('process');
      processes -= 1;
    }
  }
  return plan;
}

/** Kills the victims of the plan one after the other, each once the previous one is back. */
export async function causeFaults(
  plan: readonly ('database' | 'process')[],
  { database, services }: Victims,
  { seconds, random }: { readonly seconds: number; readonly random: SeededRandom },
): Promise<Fault[]> {
  const start = performance.now();
  const faults: Fault[] = [];
  const kills = { database: 0, process: 0 };
  for (const [number, kind] of plan.entries()) {
    const share = FIRST + ((LAST - FIRST) * (number + 0.5 * random.next())) / plan.length;
    await wait(Math.max(0, start + share * seconds * 1000 - performance.now()));
    const turn = (kills[kind] += 1);
    faults.push(kind === 'database' ? await killDatabase(database, turn) : await killProcess(services, turn));
  }
  return faults;
}

/** After SIGKILL, the other processes of the server end at some later time; SIGQUIT ends them at once. */
async function killDatabase(database: ChaosDatabase, turn: number): Promise<Fault> {
  const signal = turn % 2 === 1 ? 'SIGKILL' : 'SIGQUIT';
  const at = performance.now();
  await database.kill(signal);
  return { victim: `database (${signal})`, url: undefined, at, backAt: performance.now() };
}

async function killProcess(services: readonly ServiceInstance[], turn: number): Promise<Fault> {
  const service = services[turn % services.length];
  if (!service) throw new RangeError('there is no process to kill');
  const at = performance.now();
  await service.kill();
  await service.launch();
  return { victim: `process ${String((turn % services.length) + 1)}`, url: service.url, at, backAt: performance.now() };
}
