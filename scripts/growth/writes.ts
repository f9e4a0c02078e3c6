import type { Step } from './load.js';
import type { Grown } from './databases.js';
import { sizesOf } from './indexes.js';
import { GROWING_TABLES } from './people.js';

/** The updates of one table. */
export interface Updates {
  readonly updates: number;
  /** The share that left the indexes alone (heap-only tuples). */
  readonly hotShare: number;
}

export interface Writes {
  readonly done: number;
  readonly failures: number;
  readonly seconds: number;
  readonly updates: Readonly<Record<string, Updates>>;
  readonly sizesMb: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

interface Counter {
  readonly name: string;
  readonly updates: number;
  readonly hot: number;
}

const TABLES = [...GROWING_TABLES, 'auth_login_attempt'];
const REPORT_MS = 30_000;

/**
 * Writes through a service, and compares how the tables and indexes look before and after. `work` returns once the service
 * has ended, because a connection may keep its statistics until then.
 */
export async function observeWrites(
  { client }: Grown,
  work: () => Promise<{ done: number; failures: number; seconds: number }>,
): Promise<Writes> {
  const counters = async (): Promise<Counter[]> => {
    const { rows } = await client.query<Counter>(
      `select relname as name, n_tup_upd::float8 as updates, n_tup_hot_upd::float8 as hot
       from pg_stat_user_tables where relid = any($1::regclass[]) order by relname`,
      [TABLES],
    );
    return rows;
  };
  const [countersBefore, sizesBefore] = [await counters(), await sizesOf(client, TABLES)];
  const outcome = await work();
  const [countersAfter, sizesAfter] = [await counters(), await sizesOf(client, TABLES)];
  const updates = countersAfter.map(({ name, ...after }, index) => {
    const before = countersBefore[index] ?? { updates: 0, hot: 0 };
    const count = after.updates - before.updates;
    return [name, { updates: count, hotShare: Number(((after.hot - before.hot) / count).toFixed(4)) }] as const;
  });
  const sizes = Object.entries(sizesAfter).map(([name, after]) => [name, { before: sizesBefore[name] ?? 0, after }]);
  return {
    ...outcome,
    updates: Object.fromEntries(updates.filter(([, { updates: count }]) => count > 0)),
    sizesMb: Object.fromEntries(sizes) as Writes['sizesMb'],
  };
}

/** Runs that many steps with so many clients, and stops when the time is over. */
export async function repeat(
  name: string,
  step: Step,
  { clients, times, maxSeconds }: { clients: number; times: number; maxSeconds: number },
): Promise<{ done: number; failures: number; seconds: number }> {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let [begun, done, failures] = [0, 0, 0];
  const timer = setInterval(() => {
    console.error(`${name}: ${done.toLocaleString('en')} of ${times.toLocaleString('en')}, ${elapsed().toFixed(0)} s`);
  }, REPORT_MS);
  const run = async (client: number): Promise<void> => {
    while (begun < times && elapsed() < maxSeconds) {
      begun += 1;
      if (!(await step(client).catch(() => false))) failures += 1;
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_value, client) => run(client)));
  clearInterval(timer);
  return { done, failures, seconds: Number(elapsed().toFixed(1)) };
}
