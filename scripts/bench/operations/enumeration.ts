import { median, round } from '../figures/numbers.js';
import { HttpConnection } from '../load/http-connection.js';
import { succeeded } from '../load/requests.js';
import { graphql } from './graphql.js';

/** The first one is a warm-up. */
const TRIALS = 4;
const ACCOUNTS = 25;

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
const FORGOT = 'mutation ($input: ForgotPasswordInput!) { forgotPassword(input: $input) { __typename } }';

/**
 * Measures response times for addresses with and without an account, alternating: medians in milliseconds and their
 * ratio, which should be 1.
 */
export async function compareTimings(url: string, known: readonly string[]): Promise<object> {
  console.error('measuring what response times reveal …');
  const unknown = known.map((email) => `no-${email}`);
  const connection = await HttpConnection.open(url);
  const ask = async (query: string, input: object): Promise<void> => {
    const reply = await connection.send(graphql(query, { input }));
    if (!succeeded(reply, '"__typename"')) throw new Error(`a request failed: ${reply.body.toString()}`);
  };
  const login = async (email: string): Promise<unknown> => ask(LOGIN, { email, password: 'a wrong password' });
  const forgot = async (email: string): Promise<unknown> => ask(FORGOT, { email });
  const outcome = {
    login: await inTurns(known, unknown, login),
    forgotPassword: await inTurns(known, unknown, forgot),
  };
  connection.close();
  return outcome;
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
  const [knownMs, unknownMs] = [median(times.known), median(times.unknown)];
  return { knownMs: round(knownMs, 3), unknownMs: round(unknownMs, 3), ratio: round(knownMs / unknownMs, 3) };
}
