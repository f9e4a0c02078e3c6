import { setTimeout as wait } from 'node:timers/promises';
import { median, percentile, round, significant } from '../figures/numbers.js';
import { drive, openAll, type LoadResult } from '../load/drive.js';
import type { HttpConnection } from '../load/http-connection.js';
import { pace } from '../load/pace.js';
import type { Contestant } from '../plan/contestant.js';
import type { Exchanges } from './exchanges.js';

const CLIENTS = 64;
const PER_SECOND = 50;
/** Enough that a request of the fixed pace hardly ever waits for a connection. */
const PACED_CONNECTIONS = 25;
/** The time until sign-ins run at their full rate. */
const RISE_MS = 1500;
/** Longer rounds, because few requests at this pace make the 99th percentile noisy. */
const LENGTH = 4;

const PACED = ['me', 'refresh'] as const;

interface Latencies {
  readonly idleP50Ms: number;
  readonly idleP99Ms: number;
  readonly stormP50Ms: number;
  readonly stormP99Ms: number;
  readonly failures: number;
}

export type StormResult = Readonly<Record<(typeof PACED)[number], Latencies>> & {
  readonly loginsPerSecond: number;
  /** Sign-ins that were refused. */
  readonly refused: number;
};

interface Round {
  readonly idle: Readonly<Record<string, LoadResult>>;
  readonly storm: Readonly<Record<string, LoadResult>>;
  readonly logins: LoadResult;
}

/** Measures requests at a fixed pace, on an idle service and while clients sign in without pause. */
export async function measureStorm(
  contestants: readonly Contestant[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Record<string, StormResult>> {
  const measured = new Map<string, Round[]>();
  for (let n = 1; n <= rounds; n += 1)
    for (const { server, exchanges } of contestants) {
      if (!exchanges.refresh) continue;
      console.error(`storm: ${String(n)} of ${String(rounds)}, ${server.name}`);
      const found = await measureRound(server.urls, exchanges, seconds * LENGTH);
      measured.set(server.name, [...(measured.get(server.name) ?? []), found]);
    }
  return Object.fromEntries([...measured].map(([name, all]) => [name, summarize(all)]));
}

async function measureRound(urls: readonly string[], exchanges: Exchanges, seconds: number): Promise<Round> {
  const paced = await openAll({ urls, connections: PACED_CONNECTIONS });
  const { login } = exchanges;
  if (!login) throw new Error('there is no login');
  const idle = await measurePaced(paced, exchanges, seconds);
  // Opened late, because the service closes idle connections.
  const storming = await openAll({ urls, connections: CLIENTS });
  const stormSeconds = RISE_MS / 1000 + PACED.length * seconds;
  const logins = drive(storming, login, { seconds: stormSeconds });
  await wait(RISE_MS);
  const storm = await measurePaced(paced, exchanges, seconds);
  const result = { idle, storm, logins: await logins };
  for (const connection of [...paced, ...storming]) connection.close();
  return result;
}

async function measurePaced(
  connections: readonly HttpConnection[],
  exchanges: Exchanges,
  seconds: number,
): Promise<Record<string, LoadResult>> {
  const results: Record<string, LoadResult> = {};
  for (const name of PACED) {
    const exchange = exchanges[name];
    if (exchange) results[name] = await pace(connections, exchange, { perSecond: PER_SECOND, seconds });
  }
  return results;
}

function summarize(rounds: readonly Round[]): StormResult {
  const latenciesOf = (name: string): Latencies => {
    const of = (phase: 'idle' | 'storm', share: number): number =>
      significant(median(rounds.map((one) => percentile(one[phase][name]?.latencies ?? [], share))));
    const failures = rounds.flatMap(({ idle, storm }) => [idle[name]?.failures ?? 0, storm[name]?.failures ?? 0]);
    return {
      idleP50Ms: of('idle', 0.5),
      idleP99Ms: of('idle', 0.99),
      stormP50Ms: of('storm', 0.5),
      stormP99Ms: of('storm', 0.99),
      failures: failures.reduce((sum, count) => sum + count, 0),
    };
  };
  return {
    me: latenciesOf('me'),
    refresh: latenciesOf('refresh'),
    loginsPerSecond: round(median(rounds.map(({ logins }) => logins.requests / logins.seconds)), 1),
    refused: rounds.reduce((sum, { logins }) => sum + logins.failures, 0),
  };
}
