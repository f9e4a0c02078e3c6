import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { FEATURES } from '../../src/features.js';
import type { GraphQLContext } from '../../src/index.js';
import { buildSchema } from '../../src/subgraph.js';
import { CountingHasher } from '../support/counting-hasher.js';
import { passphrase } from '../support/passphrase.feature.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const hasher = new CountingHasher();
let app: TestApp;
let hosted: FastifyInstance;
beforeAll(async () => {
  app = await createTestApp({ hasher, features: [...FEATURES, passphrase] });
  const apollo = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
  await apollo.start();
  hosted = Fastify();
  await hosted.register(fastifyApollo(apollo), {
    context: ({ headers, ip }) => Promise.resolve(app.auth.context({ headers, ip })),
  });
});
afterAll(() => hosted.close());
beforeEach(() => {
  hasher.comparisons = 0;
});

const LOGIN = 'login(input: { email: "ada@example.com", password: "a guess" }) { __typename }';
const OTHER = 'login(input: { email: "ada@example.com", password: "another" }) { __typename }';
const SKIPPED = 'b: login(input: { email: "ada@example.com", password: "another" }) @skip(if: true) { __typename }';
const REFRESH = 'refresh(input: { refreshToken: "made.up" }) { __typename }';
const PHRASE = 'sayPassphrase(input: { email: "ada@example.com", phrase: "a guess" }) { __typename }';
const LOGOUT = 'logout { __typename }';

interface Sent {
  readonly query: string;
  readonly operationName?: string;
}

type Way = (sent: Sent) => Promise<string>;

const post = async (server: FastifyInstance, sent: Sent, headers: Record<string, string> = {}): Promise<string> => {
  const all = { 'content-type': 'application/json', ...headers };
  return (await server.inject({ method: 'POST', url: '/graphql', headers: all, payload: sent })).body;
};

const WAYS: Record<string, Way> = {
  'the service': (sent) => post(app.server, sent),
  'a server of your own': (sent) => post(hosted, sent),
};

const SEVERAL: [string, string][] = [
  ['the same one under two names', `mutation { a: ${LOGIN} b: ${OTHER} }`],
  ['two different ones', `mutation { ${LOGIN} ${REFRESH} }`],
  ['one of an application', `mutation { ${LOGIN} ${PHRASE} }`],
  ['others between them', `mutation { a: ${LOGIN} ${LOGOUT} b: ${OTHER} }`],
  ['behind a fragment', `mutation { ...A ${REFRESH} } fragment A on Mutation { ${LOGIN} }`],
  [
    'behind nested fragments',
    `mutation { ...A } fragment A on Mutation { ...B a: ${LOGIN} } fragment B on Mutation { b: ${OTHER} }`,
  ],
  ['behind inline fragments', `mutation { ... on Mutation { a: ${LOGIN} } ... { ... { b: ${OTHER} } } }`],
  ['behind directives', `mutation { a: ${LOGIN} ${SKIPPED} ... @include(if: false) { ${REFRESH} } }`],
  ['under names of other mutations', `mutation { logout: ${LOGIN} revokeOtherSessions: ${OTHER} }`],
];

describe.each(Object.entries(WAYS))('in %s, an operation with several authentication mutations', (_way, send) => {
  test.each(SEVERAL)('is rejected: %s', async (_name, query) => {
    expect(JSON.parse(await send({ query }))).toEqual({
      errors: [
        {
          message: 'The operation runs more than one authentication mutation.',
          extensions: { code: 'OPERATION_TOO_COMPLEX' },
        },
      ],
    });
    expect(hasher.comparisons).toBe(0);
  });

  test('is rejected whichever operation of the document runs', async () => {
    const query = `query Ask { __typename } mutation One { ${LOGIN} } mutation Two { a: ${LOGIN} b: ${OTHER} }`;
    for (const operationName of ['Ask', 'One', 'Two'])
      expect(await send({ query, operationName })).not.toContain('"data"');
    expect(hasher.comparisons).toBe(0);
  });
});

test.each(SEVERAL)('an operation whose response type is not acceptable runs none of them: %s', async (_name, query) => {
  await post(app.server, { query }, { accept: 'image/png' });
  expect(hasher.comparisons).toBe(0);
});

describe('an operation with one authentication mutation', () => {
  test.each<[string, string]>([
    ['and nine others', `mutation { ${LOGIN} ${Array.from({ length: 9 }, (_, n) => `l${n}: ${LOGOUT}`).join(' ')} }`],
    ['that is selected twice under one name', `mutation { ${LOGIN} ${LOGIN} }`],
    ['in a fragment that is spread twice', `mutation { ...A ...A } fragment A on Mutation { ${LOGIN} }`],
    ['and another in an operation that does not run', `mutation One { ${LOGIN} } mutation Two { ${OTHER} }`],
  ])('%s runs it once', async (_name, query) => {
    const { data } = await app.post<object>(
      JSON.stringify({ query, operationName: query.includes('One') ? 'One' : null }),
    );
    expect(data).toMatchObject({ login: { __typename: 'InvalidCredentialsError' } });
    expect(hasher.comparisons).toBe(1);
  });

  test('of an application runs', async () => {
    expect((await app.request(`mutation { ${PHRASE} }`)).data).toEqual({
      sayPassphrase: { __typename: 'InvalidCredentialsError' },
    });
  });
});

test('the page on errors lists every authentication mutation, and no other', () => {
  const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const [, list = ''] = /runs more than one authentication mutation: ([^-]*),\n-/.exec(page) ?? [];
  const names = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(names).toEqual(
    [
      ...buildSchema({ admin: { schema: 'included' }, serviceAccounts: { enabled: true } }).authenticationMutations,
    ].sort(),
  );
});
