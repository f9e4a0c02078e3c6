import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const PRODUCTION: TestOptions = {
  environment: 'production',
  password: { saltRounds: 10 },
  router: { allowDirectAccess: true },
};
const INTROSPECTION = [
  '{ __schema { types { name } } }',
  '{ __type(name: "User") { name } }',
  '{ ...S } fragment S on Query { s: __schema { queryType { name } } }',
  '{ ...T } fragment T on Query { t: __type(name: "User") { fields { name } } }',
  '{ ... on Query { ... { ...T } } } fragment T on Query { a: __typename __type(name: "User") { name } }',
  'query A { __typename } query B { s: __schema { types { name } } }',
];

/** Which of the queries are answered, by the subgraph's own server and by one that only has its options. */
async function answered(app: TestApp): Promise<{ own: boolean[]; hosted: boolean[] }> {
  const host = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
  const contextValue = app.auth.context({ headers: {} });
  const own: boolean[] = [];
  const hosted: boolean[] = [];
  for (const query of INTROSPECTION) {
    const operationName = query.includes('query B') ? 'B' : undefined;
    own.push((await app.post(JSON.stringify({ query, operationName }))).errors.length === 0);
    const { body } = await host.executeOperation(
      { query, ...(operationName !== undefined && { operationName }) },
      { contextValue },
    );
    hosted.push(body.kind === 'single' && body.singleResult.errors === undefined);
  }
  await host.stop();
  return { own, hosted };
}

describe('introspection follows the environment of the subgraph, whatever NODE_ENV is', () => {
  test.each<[string, TestOptions, boolean]>([
    ['off in production', PRODUCTION, false],
    ['on in production where it is asked for', { ...PRODUCTION, introspection: true }, true],
    ['on in development', { environment: 'development' }, true],
    ['off in development where it is switched off', { environment: 'development', introspection: false }, false],
  ])('%s', async (_name, options, expected) => {
    const nodeEnv = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = expected ? 'production' : 'development';
    try {
      const all = INTROSPECTION.map(() => expected);
      expect(await answered(await createTestApp(options))).toEqual({ own: all, hosted: all });
    } finally {
      process.env['NODE_ENV'] = nodeEnv;
    }
  });

  test('a client that is refused learns no setting', async () => {
    const app = await createTestApp(PRODUCTION);
    const { errors } = await app.request('{ __schema { types { name } } }');
    expect(errors).toEqual([
      {
        message: 'Introspection is disabled.',
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });

  test('gateways fetch the schema in production too', async () => {
    const app = await createTestApp(PRODUCTION);
    const answer = await app.request<{ _service: { sdl: string } }>('{ _service { sdl } }');
    expect(answer.data._service.sdl).toContain('type AuthSession');
  });
});

describe('a wrong name is rejected without suggestions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });

  const LOGIN = 'login(input: { email: "a@example.com", password: "x" })';

  test.each<[string, string, object]>([
    ['a root field', '{ mee { id } }', {}],
    ['a field', '{ me { emial } }', {}],
    ['a mutation', 'mutation { logni { __typename } }', {}],
    ['a field of a member of a union', `mutation { ${LOGIN} { user { id } } }`, {}],
    ['a field of an interface', `mutation { ${LOGIN} { ... on AuthError { cod } } }`, {}],
    ['an argument', 'mutation { login(inptu: 1) { __typename } }', {}],
    ['the argument of a directive', '{ me @include(iff: true) { id } }', {}],
    ['a directive', '{ me @inclde(if: true) { id } }', {}],
    ['a type', '{ me { ... on Usr { id } } }', {}],
    ['the type of a variable', 'mutation ($i: LoginInptu!) { login(input: $i) { __typename } }', {}],
    ['a field of an input', 'mutation { login(input: { email: "a@example.com", pasword: "x" }) { __typename } }', {}],
    [
      'a field of a variable',
      'mutation ($i: LoginInput!) { login(input: $i) { __typename } }',
      { i: { email: 'a@example.com', pasword: 'x', password: 'y' } },
    ],
  ])('%s', async (_name, query, variables) => {
    const answer = await app.request(query, variables);
    expect(answer.errors).not.toEqual([]);
    expect(answer.text).not.toMatch(/did you mean/i);
    const host = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
    const hosted = await host.executeOperation(
      { query, variables: { ...variables } },
      { contextValue: app.auth.context({ headers: {} }) },
    );
    expect(JSON.stringify(hosted.body)).not.toMatch(/did you mean/i);
  });
});
