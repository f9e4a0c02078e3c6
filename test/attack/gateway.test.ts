import { parse, visit } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAttackedApp, type AttackedApp } from '../support/attacked-app.js';
import { startApolloGateway } from '../support/gateways/apollo-gateway.js';
import type { Gateway, Supergraph } from '../support/gateways/gateway-process.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { newEmail } from '../support/graphql-client.js';

/** The default of `lockout.maxAttempts`. */
const MAX_ATTEMPTS_PER_ACCOUNT = 5;
/** The rows for one account use 1,200 of them. */
const MAX_LOGINS_PER_ORIGIN = 1220;

let attacked: AttackedApp;
/** The number of logins in each request that reached the service. */
const logins: number[] = [];

beforeAll(async () => {
  attacked = await createAttackedApp({
    rateLimits: { enabled: true, login: `origin ${String(MAX_LOGINS_PER_ORIGIN)}/1h` },
  });
  const { server } = attacked.app;
  server.addHook('preHandler', ({ body }, _reply, done) => {
    const { query } = (body ?? {}) as { query?: string };
    if (query?.includes('login') === true) logins.push(loginsIn(query));
    done();
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => {
  logins.length = 0;
  attacked.hasher.comparisons = 0;
});

function loginsIn(query: string): number {
  const names = new Set<string>();
  visit(parse(query), {
    Field({ name, alias }) {
      if (name.value === 'login') names.add((alias ?? name).value);
    },
  });
  return names.size;
}

/** A login of one account, or of another one for each number. */
type Login = (n: number) => string;

const loginOf = (n: number, email: string): string =>
  `l${String(n)}: login(input: { email: "${email}", password: "guess ${String(n)}" }) { __typename }`;
const times = (count: number, login: Login): string => Array.from({ length: count }, (_value, n) => login(n)).join(' ');

function ofOneAccount(): Login {
  const email = newEmail();
  return (n) => loginOf(n, email);
}

const ofManyAccounts = (): Login => (n) => loginOf(n, newEmail());

const aliased = (count: number, login: Login): string => `mutation { ${times(count, login)} }`;
const inFragments = (count: number, login: Login): string =>
  `mutation { ...A } fragment A on Mutation { ...B ... on Mutation { ${times(count - 1, login)} } }
   fragment B on Mutation { ${login(count - 1)} }`;

interface Subject {
  readonly name: string;
  readonly start: (supergraph: Supergraph) => Promise<Gateway>;
  /** Whether it sends each mutation of an operation in a separate request. */
  readonly splits: boolean;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'Apollo Gateway', start: startApolloGateway, splits: false },
  { name: 'Hive Gateway', start: startHiveGateway, splits: true },
];

describe.each(SUBJECTS)('logins of one operation through $name', ({ start, splits }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const url = `${attacked.app.server.listeningOrigin}/graphql`;
    const auth = { url, tokens: undefined, routerSecret: false, cookies: false };
    gateway = await start({ auth, postsUrl: 'http://posts.invalid' });
  });
  afterAll(() => gateway.stop());

  test.each<[string, number, () => string, number]>([
    ['100 under different names', 100, () => aliased(100, ofOneAccount()), MAX_ATTEMPTS_PER_ACCOUNT],
    ['1,000 under different names', 1000, () => aliased(1000, ofOneAccount()), MAX_ATTEMPTS_PER_ACCOUNT],
    ['100 in nested fragments', 100, () => inFragments(100, ofOneAccount()), MAX_ATTEMPTS_PER_ACCOUNT],
    ['100 of different accounts', 100, () => aliased(100, ofManyAccounts()), MAX_LOGINS_PER_ORIGIN - 1200],
  ])('%s: no more passwords are compared than the limits allow', async (_name, count, operation, allowed) => {
    const { text } = await gateway.request(operation());
    expect(logins).toEqual(splits ? Array.from({ length: count }, () => 1) : [count]);
    expect(attacked.hasher.comparisons).toBe(splits ? allowed : 0);
    expect(text).not.toContain('INTERNAL_SERVER_ERROR');
    expect((await gateway.request('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
