import { drive, percentile, type Step } from './load.js';
import { cpuMsOf } from '../bench/figures/process-times.js';
import type { Grown, PostgresServer } from './databases.js';
import type { Operation } from './operations.js';
import { inRing } from './ring.js';
import { readStatements, resetStatements, shorten, type StatementCost } from './statements.js';

const WARM_UP_SECONDS = 1;

/** What is measured: an operation on one database, answered by these processes. */
export interface Side {
  readonly name: string;
  readonly database: Grown;
  readonly operation: Operation;
  readonly services: readonly { readonly url: string; readonly pid: number }[];
}

/** Each per request, except `perSecond` and `failures`. */
export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  /** Of the services. */
  readonly cpuMs: number;
  readonly statements: number;
  /** Of the database server, while it planned and ran the statements. */
  readonly databaseMs: number;
  readonly blocks: number;
  readonly failures: number;
}

type Name = Exclude<keyof Figures, 'failures'>;

export interface Comparison {
  readonly figures: Readonly<Record<string, Figures>>;
  /** The last side divided by the first. */
  readonly ratios: Readonly<Record<Name, number>>;
  readonly statements: readonly object[];
}

interface Slot {
  readonly figures: Figures;
  readonly statements: readonly StatementCost[];
}

/** Measures two sides in turns, in the other order in every second round, and compares the medians of the rounds. */
export async function compare(
  server: PostgresServer,
  sides: readonly [Side, Side],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Comparison> {
  const slots = new Map<Side, Slot[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      console.error(
        `measuring ${side.operation.name}, ${side.name}, round ${String(round + 1)} of ${String(rounds)} …`,
      );
      slots.get(side)?.push(await measure(server, side, seconds));
    }
  const [first, last] = [medianOf(slots.get(sides[0]) ?? []), medianOf(slots.get(sides[1]) ?? [])];
  const figures = { [sides[0].name]: first, [sides[1].name]: last };
  const names: Name[] = ['perSecond', 'p50Ms', 'cpuMs', 'statements', 'databaseMs', 'blocks'];
  const ratios = Object.fromEntries(names.map((name) => [name, round3(last[name] / first[name])]));
  const statements = sides.map((side) => ({ [side.name]: (slots.get(side) ?? []).at(-1)?.statements.map(toLine) }));
  return { figures, ratios: ratios as Record<Name, number>, statements };
}

async function measure(
  server: PostgresServer,
  { operation, database, services }: Side,
  seconds: number,
): Promise<Slot> {
  const steps = services.map(({ url }) => operation.stepOn(url));
  const step: Step = (client) => inRing(steps, client)(client);
  const warmUp = await drive(operation.clients, WARM_UP_SECONDS, step);
  await resetStatements(server, database);
  const used = async (): Promise<number> =>
    sum(await Promise.all(services.map(async ({ pid }) => (await cpuMsOf([pid])) ?? 0)));
  const before = await used();
  const { requests, failures, latencies, ...measured } = await drive(operation.clients, seconds, step);
  const after = await used();
  const statements = (await readStatements(server, database)).map((cost) => perRequest(cost, requests));
  const figures = {
    perSecond: requests / measured.seconds,
    p50Ms: percentile(latencies, 0.5),
    cpuMs: (after - before) / requests,
    statements: sum(statements.map(({ calls }) => calls)),
    databaseMs: sum(statements.map(({ ms, planningMs }) => ms + planningMs)),
    blocks: sum(statements.map(({ blocks }) => blocks)),
    failures: warmUp.failures + failures,
  };
  return { figures, statements };
}

function perRequest({ text, ...each }: StatementCost, requests: number): StatementCost {
  return {
    text,
    ...(Object.fromEntries(Object.entries(each).map(([name, value]) => [name, value / requests])) as typeof each),
  };
}

function toLine({ text, ...cost }: StatementCost): object {
  const each = Object.entries(cost).map(([name, value]) => [name, round3(value)]);
  return { text: shorten(text), ...(Object.fromEntries(each) as object) };
}

function medianOf(slots: readonly Slot[]): Figures {
  const median = (name: keyof Figures): number => {
    const sorted = slots.map(({ figures }) => figures[name]).sort((left, right) => left - right);
    return round3(percentile(sorted, 0.5));
  };
  return {
    ...{ perSecond: median('perSecond'), p50Ms: median('p50Ms'), cpuMs: median('cpuMs') },
    ...{ statements: median('statements'), databaseMs: median('databaseMs'), blocks: median('blocks') },
    failures: sum(slots.map(({ figures }) => figures.failures)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round3(value: number): number {
  return Number(value.toFixed(3));
}
