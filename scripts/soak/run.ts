import { loadavg } from 'node:os';
import { ChaosDatabase } from '../chaos/database.js';
import type { World } from '../workload/client.js';
import { freePort } from '../../test/support/free-port.js';
import { Mailbox } from '../workload/mailbox.js';
import { SeededRandom } from '../workload/random.js';
import { runClients } from '../workload/run-clients.js';
import { ServiceInstance } from '../workload/service-instance.js';
import { productionSettings } from '../workload/service-settings.js';
import { Tally } from '../workload/tally.js';
import { Inspector } from './inspector.js';
import { misuse } from './misuse.js';
import type { SoakOptions } from './options.js';
import { takeSample, type Sample } from './sample.js';
import { judge, type Verdict } from './verdict.js';

export interface SoakOutcome extends Verdict {
  /** Of the machine, before the run. */
  readonly loadBefore: number;
  readonly samples: readonly Sample[];
  readonly operations: Readonly<Record<string, number>>;
  readonly violationCount: number;
  readonly violations: readonly string[];
}

const MISUSED = 0.1;
/** Hashing takes most of the time and hardly any memory. */
const WEIGHTS = {
  ...{ me: 55, refresh: 35, logout: 0.5, revokeSession: 0.5, revokeOtherSessions: 0.2, revokeAllSessions: 0.1 },
  ...{ changePassword: 0.2, verifyEmail: 1, resetPassword: 0.2, login: 0.8, nextPerson: 0.3 },
};

export async function run(options: SoakOptions, report: (step: string) => void): Promise<SoakOutcome> {
  const loadBefore = Number((loadavg()[0] ?? Number.NaN).toFixed(2));
  const mailbox = new Mailbox();
  await mailbox.start();
  const database = await ChaosDatabase.start({ isUnsafe: false });
  const port = await freePort();
  const service = await ServiceInstance.start(productionSettings(database.url, mailbox.url), [
    '--max-semi-space-size=16',
    `--inspect=127.0.0.1:${String(port)}`,
    // Otherwise the address of the inspector is printed.
    '--inspect-publish-uid=http',
  ]);
  const inspector = await Inspector.connect(port);
  const world: World = { tally: new Tally(), mailbox, random: new SeededRandom(1), people: [], givesUp: 0 };
  const samples = [await takeSample(inspector, service.pid, 0)];
  for (let turn = 1; turn <= options.samples; turn += 1) {
    const operations = Math.round((options.operations * turn) / options.samples);
    await use(world, service.url, options.clients, operations);
    samples.push(await takeSample(inspector, service.pid, operations));
    report(`${String(operations)} operations …`);
  }
  inspector.close();
  const { operations, violationCount, violations } = world.tally;
  return { loadBefore, ...judge(samples), samples, operations, violationCount, violations };
}

/** Uses the service until there have been that many operations. */
async function use(world: World, url: string, clients: number, operations: number): Promise<void> {
  const { successes } = world.tally;
  const wanted = operations * (1 - MISUSED);
  const misused = Math.round(((wanted - successes.length) * MISUSED) / (1 - MISUSED));
  const load = { urls: [url], clients, maxPauseMs: 0, weights: WEIGHTS, goesOn: () => successes.length < wanted };
  await Promise.all([runClients(world, load), misuse(url, misused)]);
}
