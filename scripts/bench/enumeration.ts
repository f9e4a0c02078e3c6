import { percentile, post } from './load.js';
import { round } from './measure.js';

/** Few enough to stay below the lockout of an address, plus a warm-up that is discarded. */
const TRIALS = 4;
const ACCOUNTS = 25;

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
const FORGOT = 'mutation ($input: ForgotPasswordInput!) { forgotPassword(input: $input) { __typename } }';

/**
 * Measures response times for addresses with and without an account, alternating: medians in milliseconds and their
 * ratio, which should be 1.
 */
export async function compareTimings(url: string, known: readonly string[]): Promise<object> {
  const unknown = known.map((email) => `no-${email}`);
  const login = (email: string): Promise<unknown> =>
    post(url, JSON.stringify({ query: LOGIN, variables: { input: { email, password: 'a wrong password' } } }));
  const forgot = (email: string): Promise<unknown> =>
    post(url, JSON.stringify({ query: FORGOT, variables: { input: { email } } }));
  return { login: await inTurns(known, unknown, login), forgotPassword: await inTurns(known, unknown, forgot) };
}

async function inTurns(
  known: readonly string[],
  unknown: readonly string[],
  ask: (email: string) => Promise<unknown>,
): Promise<object> {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let trial = 0; trial < TRIALS; trial += 1)
    for (let n = 0; n < Math.min(ACCOUNTS, known.length); n += 1)
      for (const [name, addresses] of [['known', known] as const, ['unknown', unknown] as const]) {
        const start = performance.now();
        await ask(addresses[n] ?? '');
        if (trial > 0) times[name].push(performance.now() - start);
      }
  const median = (all: number[]): number =>
    percentile(
      all.sort((left, right) => left - right),
      0.5,
    );
  const [knownMs, unknownMs] = [median(times.known), median(times.unknown)];
  return { knownMs: round(knownMs, 3), unknownMs: round(unknownMs, 3), ratio: round(knownMs / unknownMs, 3) };
}
