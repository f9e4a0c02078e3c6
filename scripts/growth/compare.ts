import { median, percentile, round } from '../bench/figures/numbers.js';
import { cpuMsOf } from '../bench/figures/process-times.js';
import { drive, openAll } from '../bench/load/drive.js';
import type { Grown, PostgresServer } from './databases.js';
import type { Operation } from './operations.js';
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
  /** Of the services; null if the system does not report it. */
  readonly cpuMs: number | null;
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
  readonly ratios: Readonly<Record<Name, number | null>>;
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
  const ratios = Object.fromEntries(names.map((name) => [name, ratioOf(last[name], first[name])]));
  const statements = sides.map((side) => ({ [side.name]: (slots.get(side) ?? []).at(-1)?.statements.map(toLine) }));
  return { figures, ratios: ratios as Comparison['ratios'], statements };
}

async function measure(
  server: PostgresServer,
  { operation, database, services }: Side,
  seconds: number,
): Promise<Slot> {
  const { clients, exchange } = operation;
  const connections = await openAll({ urls: services.map(({ url }) => url), connections: clients });
  const warmUp = await drive(connections, exchange, { seconds: WARM_UP_SECONDS });
  await resetStatements(server, database);
  const pids = services.map(({ pid }) => pid);
  const before = await cpuMsOf(pids);
  const { requests, failures, latencies, ...measured } = await drive(connections, exchange, { seconds });
  const after = await cpuMsOf(pids);
  for (const connection of connections) connection.close();
  const statements = (await readStatements(server, database)).map((cost) => perRequest(cost, requests));
  const figures = {
    perSecond: requests / measured.seconds,
    p50Ms: percentile(latencies, 0.5),
    cpuMs: before === null || after === null ? null : (after - before) / requests,
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
  const each = Object.entries(cost).map(([name, value]) => [name, round(value, 3)]);
  return { text: shorten(text), ...(Object.fromEntries(each) as object) };
}

function medianOf(slots: readonly Slot[]): Figures {
  const medianBy = (read: (figures: Figures) => number): number =>
    round(median(slots.map(({ figures }) => read(figures))), 3);
  const cpuMs = slots.map(({ figures }) => figures.cpuMs).filter((value) => value !== null);
  return {
    perSecond: medianBy(({ perSecond }) => perSecond),
    p50Ms: medianBy(({ p50Ms }) => p50Ms),
    cpuMs: cpuMs.length < slots.length ? null : round(median(cpuMs), 3),
    statements: medianBy(({ statements }) => statements),
    databaseMs: medianBy(({ databaseMs }) => databaseMs),
    blocks: medianBy(({ blocks }) => blocks),
    failures: sum(slots.map(({ figures }) => figures.failures)),
  };
}

function ratioOf(value: number | null, base: number | null): number | null {
  return value === null || base === null ? null : round(value / base, 3);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
