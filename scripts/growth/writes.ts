import { round } from '../bench/figures/numbers.js';
import { drive, openAll, type Limits } from '../bench/load/drive.js';
import type { Grown } from './databases.js';
import { sizesOf } from './indexes.js';
import type { Operation } from './operations.js';
import { GROWING_TABLES } from './people.js';

/** The updates of one table. */
export interface Updates {
  readonly updates: number;
  /** The share that left the indexes alone (heap-only tuples). */
  readonly hotShare: number;
}

interface Outcome {
  readonly done: number;
  readonly failures: number;
  readonly seconds: number;
}

export interface Writes extends Outcome {
  readonly updates: Readonly<Record<string, Updates>>;
  readonly sizesMb: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

interface Counter {
  readonly name: string;
  readonly updates: number;
  readonly hot: number;
}

const REPORT_MS = 30_000;

/**
 * Writes through a service, and compares how the tables and indexes look before and after. `work` returns once the service
 * has ended, because a connection may keep its statistics until then.
 */
export async function observeWrites({ client }: Grown, work: () => Promise<Outcome>): Promise<Writes> {
  const counters = async (): Promise<Counter[]> => {
    const { rows } = await client.query<Counter>(
      `select relname as name, n_tup_upd::float8 as updates, n_tup_hot_upd::float8 as hot
       from pg_stat_user_tables where relid = any($1::regclass[]) order by relname`,
      [GROWING_TABLES],
    );
    return rows;
  };
  const [countersBefore, sizesBefore] = [await counters(), await sizesOf(client, GROWING_TABLES)];
  const outcome = await work();
  const [countersAfter, sizesAfter] = [await counters(), await sizesOf(client, GROWING_TABLES)];
  const updates = countersAfter.map(({ name, ...after }, index) => {
    const before = countersBefore[index] ?? { updates: 0, hot: 0 };
    const count = after.updates - before.updates;
    return [name, { updates: count, hotShare: round((after.hot - before.hot) / count, 4) }] as const;
  });
  const sizes = Object.entries(sizesAfter).map(([name, after]) => [name, { before: sizesBefore[name] ?? 0, after }]);
  return {
    ...outcome,
    updates: Object.fromEntries(updates.filter(([, { updates: count }]) => count > 0)),
    sizesMb: Object.fromEntries(sizes) as Writes['sizesMb'],
  };
}

/** Sends that many requests to a service, and stops when the time is over. */
export async function repeat(
  { name, clients, exchange }: Operation,
  url: string,
  limits: Required<Limits>,
): Promise<Outcome> {
  const connections = await openAll({ urls: [url], connections: clients });
  let answered = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    const elapsed = ((performance.now() - start) / 1000).toFixed(0);
    console.error(`${name}: ${answered.toLocaleString('en')} of ${limits.requests.toLocaleString('en')}, ${elapsed} s`);
  }, REPORT_MS);
  const accepts: typeof exchange.accepts = (reply, client) => {
    answered += 1;
    return exchange.accepts(reply, client);
  };
  const { requests, failures, seconds } = await drive(connections, { ...exchange, accepts }, limits);
  clearInterval(timer);
  for (const connection of connections) connection.close();
  return { done: requests, failures, seconds: round(seconds, 1) };
}
