import { loadavg } from 'node:os';
import { Mailbox } from '../workload/mailbox.js';
import { SeededRandom } from '../workload/random.js';
import { runClients, WEIGHTS } from '../workload/run-clients.js';
import { ServiceInstance, type LogLine } from '../workload/service-instance.js';
import { productionSettings } from '../workload/service-settings.js';
import { Tally } from '../workload/tally.js';
import { auditAll, type Audit } from './audit.js';
import { ChaosDatabase } from './database.js';
import { causeFaults, planFaults, type Fault } from './faults.js';
import type { ChaosOptions } from './options.js';
import { describeOutages, longestGap, seconds, type Outage } from './outages.js';

const MAX_PAUSE_MS = 600;
/** How likely a client is to give up after an unanswered attempt. */
const GIVES_UP = 0.2;
/** The service logs it with every internal error. */
const INTERNAL_ERROR = 'unexpected error';

export interface ChaosOutcome {
  readonly seed: number;
  readonly clients: number;
  readonly seconds: number;
  /** Of the machine, before the run. */
  readonly loadBefore: number;
  readonly operations: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly outages: readonly Outage[];
  readonly longestWithoutSuccessSeconds: number;
  readonly audit: Audit;
  readonly violationCount: number;
  /** The first ones. */
  readonly violations: readonly string[];
}

/** What the service runs on, and what happens to it. */
export interface Scene {
  readonly url: string;
  /** Called once the service has started. */
  prepare(): Promise<void>;
  causeFaults(services: readonly ServiceInstance[]): Promise<Fault[]>;
  releaseDeliveries(): Promise<void>;
  untilDelivered(): Promise<void>;
}

type Options = Pick<ChaosOptions, 'clients' | 'releasesDeliveries' | 'seconds' | 'seed'>;

export async function run(options: ChaosOptions, report: (step: string) => void): Promise<ChaosOutcome> {
  const database = await ChaosDatabase.start(options);
  const plan = planFaults(options.databaseKills, options.processKills);
  const scene: Scene = {
    url: database.url,
    prepare: () => database.checkpoint(),
    causeFaults: (services) =>
      causeFaults(plan, { database, services }, { ...options, random: new SeededRandom(options.seed) }),
    releaseDeliveries: () => database.releaseDeliveries(),
    untilDelivered: () => database.untilDelivered(),
  };
  return runOn(scene, options, report);
}

/** Lets clients use two processes of the service while faults happen, and compares what they see at the end. */
export async function runOn(scene: Scene, options: Options, report: (step: string) => void): Promise<ChaosOutcome> {
  const loadBefore = Number((loadavg()[0] ?? Number.NaN).toFixed(2));
  const mailbox = new Mailbox();
  await mailbox.start();
  const settings = productionSettings(scene.url, mailbox.url);
  const services = [await ServiceInstance.start(settings), await ServiceInstance.start(settings)];
  await scene.prepare();
  const urls = services.map(({ url }) => url);
  const [tally, random] = [new Tally(), new SeededRandom(options.seed)];
  const world = { tally, mailbox, random, people: [], givesUp: GIVES_UP };

  report(`${String(options.clients)} clients for ${String(options.seconds)} s …`);
  const start = performance.now();
  let faultsAreOver = false;
  const goesOn = (): boolean => !faultsAreOver || performance.now() - start < options.seconds * 1000;
  const [faults] = await Promise.all([
    scene.causeFaults(services).finally(() => {
      faultsAreOver = true;
    }),
    runClients(world, { urls, clients: options.clients, maxPauseMs: MAX_PAUSE_MS, weights: WEIGHTS, goesOn }),
  ]);
  const lines = services.flatMap(({ logLines }) => [...logLines]);
  const outages = describeOutages(faults, tally, lines, start);
  const longest = longestGap(tally.successes.map(({ at }) => at)).length;

  report('waiting for the emails …');
  if (options.releasesDeliveries) await scene.releaseDeliveries();
  await scene.untilDelivered();
  report('comparing the service with what it acknowledged …');
  const audited = new Tally();
  const audit = await auditAll({ ...world, tally: audited }, urls);
  requireNoInternalErrors(lines, tally);
  return {
    ...{ seed: options.seed, clients: options.clients, seconds: options.seconds, loadBefore },
    ...{ operations: tally.operations, errors: tally.errors, outages },
    ...{ longestWithoutSuccessSeconds: seconds(longest), audit },
    violationCount: tally.violationCount + audited.violationCount,
    violations: [...tally.violations, ...audited.violations],
  };
}

function requireNoInternalErrors(lines: readonly LogLine[], tally: Tally): void {
  const internal = lines.filter(({ text }) => text.startsWith(INTERNAL_ERROR)).length;
  if (internal > 0) tally.violated(`the service logged ${String(internal)} internal errors`);
}
