import type { Limits } from '../bench/load/drive.js';
import { inRing } from '../bench/load/ring.js';
import { compare } from './compare.js';
import {
  buildDatabase,
  isBuilt,
  openDatabase,
  startServer,
  warmUp,
  type Grown,
  type PostgresServer,
} from './databases.js';
import { measureLists } from './lists.js';
import { indexLevels } from './indexes.js';
import { loginOf, operationsOf, refreshOf, repeatedRefreshOf, type Operation } from './operations.js';
import { GROWING_TABLES, pickPeople } from './people.js';
import { explainStatements, plansOf, type Plan } from './plans.js';
import { startService, stopService } from './service.js';
import { observeWrites, repeat, type Writes } from './writes.js';

export const PHASES = ['build', 'lists', 'compare', 'processes', 'plans', 'writes'] as const;
export type Phase = (typeof PHASES)[number];

export interface Settings {
  readonly users: { readonly small: number; readonly big: number };
  readonly seconds: number;
  readonly rounds: number;
  readonly refreshes: number;
  readonly logins: number;
  readonly folder: string;
  /** Of PostgreSQL, by name. */
  readonly postgres: Readonly<Record<string, string>>;
  readonly phases: readonly Phase[];
}

/** How many different people are asked for: many more rows than the server keeps in its buffers. */
const PEOPLE = 20_000;
/** Each is refreshed more rarely than every thirty seconds, as the grace period expects. */
const REFRESHED_PEOPLE = 100_000;
const MAX_REFRESH_SECONDS = 30 * 60;
const MAX_LOGIN_SECONDS = 5 * 60;
/**
 * The sessions of the small database are refreshed again within the grace period, and would have to keep their earlier
 * rotations, which those of the big one do not.
 */
const COMPARABLE = { REFRESH_REUSE_GRACE_SECONDS: '0' };

export async function runPhases(settings: Settings): Promise<object> {
  const { folder, phases, users } = settings;
  await build(settings);
  const server = await startServer(folder, 'measuring', settings.postgres);
  const small = await openDatabase(server, 'small', users.small);
  const big = await openDatabase(server, 'big', users.big);
  const outcome: Record<string, unknown> = {};
  if (phases.includes('lists')) outcome['lists'] = await measureLists(server, [small, big]);
  if (phases.includes('compare')) outcome['compared'] = await compareSizes(server, [small, big], settings);
  if (phases.includes('processes')) outcome['twoProcesses'] = await compareProcesses(server, big, settings);
  if (phases.includes('plans')) outcome['plans'] = await explain(server, big, folder);
  if (phases.includes('writes')) Object.assign(outcome, await write(big, settings));
  return outcome;
}

/** Builds what is missing. */
async function build({ folder, phases, users }: Settings): Promise<void> {
  const server = await startServer(folder, 'loading');
  for (const name of ['small', 'big'] as const) {
    if (await isBuilt(server, name, users[name])) continue;
    if (!phases.includes('build')) throw new Error(`there is no ${name} database of this size in ${folder}`);
    await buildDatabase(server, name, users[name]);
  }
  await server.stop();
}

async function compareSizes(
  server: PostgresServer,
  databases: readonly [Grown, Grown],
  { folder, ...settings }: Settings,
): Promise<object> {
  const sides = [];
  for (const database of databases) {
    await warmUp(database);
    const operations = operationsOf(await pickPeople(database.client, database.users, PEOPLE));
    const service = await startService(database, folder, COMPARABLE);
    sides.push({ name: database.name, database, operations, services: [service] });
  }
  const [small, big] = sides as [(typeof sides)[number], (typeof sides)[number]];
  const compared: Record<string, unknown> = {};
  for (const [index, operation] of small.operations.entries()) {
    const other = big.operations[index] ?? operation;
    compared[operation.name] = await compare(
      server,
      [
        { ...small, operation },
        { ...big, operation: other },
      ],
      settings,
    );
  }
  for (const { services, database } of sides) await stopService(inRing(services, 0), database);
  const levels = databases.map(async ({ name, client }) => [name, await indexLevels(client, GROWING_TABLES)]);
  return { ...compared, indexLevels: Object.fromEntries(await Promise.all(levels)) as object };
}

/** Compares two processes on one database with one of them. */
async function compareProcesses(
  server: PostgresServer,
  database: Grown,
  { folder, ...settings }: Settings,
): Promise<object> {
  const people = await pickPeople(database.client, database.users, PEOPLE);
  const services = [await startService(database, folder, COMPARABLE), await startService(database, folder, COMPARABLE)];
  const compared: Record<string, unknown> = {};
  for (const operation of operationsOf(people).filter(({ name }) => name !== 'login')) {
    const one = { name: 'one process', database, operation, services: services.slice(0, 1) };
    compared[operation.name] = await compare(server, [one, { ...one, name: 'two processes', services }], settings);
  }
  for (const service of services) process.kill(service.pid, 'SIGTERM');
  await stopService(inRing(services, 0), database);
  return compared;
}

async function explain(server: PostgresServer, database: Grown, folder: string): Promise<Record<string, Plan[]>> {
  const people = await pickPeople(database.client, database.users, PEOPLE);
  const stop = await explainStatements(database);
  const service = await startService(database, folder);
  const plans: Record<string, Plan[]> = {};
  for (const operation of [...operationsOf(people.slice(0, -20)), repeatedRefreshOf(people.slice(-20))])
    plans[operation.name] = await plansOf(server, operation, service.url);
  await stopService(service, database);
  await stop();
  return plans;
}

async function write(
  database: Grown,
  { folder, refreshes, logins }: Settings,
): Promise<{ rotations: Writes; logins: Writes }> {
  const people = await pickPeople(database.client, database.users, REFRESHED_PEOPLE);
  const through = async (operation: Operation, limits: Required<Limits>): Promise<Writes> =>
    observeWrites(database, async () => {
      const service = await startService(database, folder);
      const outcome = await repeat(operation, service.url, limits);
      await stopService(service, database);
      return outcome;
    });
  const rotations = await through(refreshOf(people, 32), { requests: refreshes, seconds: MAX_REFRESH_SECONDS });
  return { rotations, logins: await through(loginOf(people), { requests: logins, seconds: MAX_LOGIN_SECONDS }) };
}
