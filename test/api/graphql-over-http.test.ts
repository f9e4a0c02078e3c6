import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import type { GraphQLContext } from '../../src/index.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register();
  await app.server.listen({ host: '127.0.0.1', port: 0 });
});

describe('the audit of the graphql-http package', () => {
  test.each(serverAudits({ url: () => `${app.server.listeningOrigin}/graphql` }))('$id: $name', async ({ fn }) => {
    const result = await fn();
    expect({ ...result, ...('response' in result && { response: result.response.status }) }).toMatchObject({
      status: 'ok',
    });
  });
});

describe('an operation that is not executed', () => {
  test.each<[string, object]>([
    ['a document that cannot be parsed', { query: '{' }],
    ['an unknown field', { query: '{ nobody }' }],
    ['an operation that is too complex', { query: `{ ${'me{id}'.repeat(1200)} }` }],
    ['an unknown operation', { query: 'query A { __typename }', operationName: 'B' }],
    ['several operations and no name', { query: 'query A { __typename } query B { __typename }' }],
    [
      'a variable of the wrong type',
      { query: 'mutation ($i: LoginInput!) { login(input: $i) { __typename } }', variables: { i: 7 } },
    ],
  ])('returns 200 as application/json, and 400 as application/graphql-response+json: %s', async (_name, payload) => {
    for (const [accept, type, status] of [
      [undefined, JSON_TYPE, 200],
      ['*/*', JSON_TYPE, 200],
      ['application/json, application/graphql-response+json', JSON_TYPE, 200],
      ['application/graphql-response+json, application/json', GRAPHQL_TYPE, 400],
      ['application/graphql-response+json;q=0.1', GRAPHQL_TYPE, 400],
    ] as const) {
      const headers = { 'content-type': 'application/json', ...(accept !== undefined && { accept }) };
      const response = await app.server.inject({ method: 'POST', url: '/graphql', headers, payload });
      expect([response.statusCode, response.headers['content-type']]).toEqual([status, type]);
      expect(response.json()).toEqual({ errors: expect.any(Array) });
    }
  });
});

// Grafbase would replace the error, with another status, by its own.
test.each([
  {
    query: 'mutation ($i: LoginInput!) { login(input: $i) { __typename } }',
    variables: { i: { email: 7, password: 'x' } },
  },
  { query: 'mutation { login(input: { email: 7, password: "x" }) { __typename } }' },
])('an address that is not text returns 200 as either type: %j', async (payload) => {
  for (const accept of [JSON_TYPE, GRAPHQL_TYPE]) {
    const headers = { 'content-type': 'application/json', accept };
    const response = await app.server.inject({ method: 'POST', url: '/graphql', headers, payload });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  }
});

describe('an empty name of an operation counts as none', () => {
  const payload = { query: 'query A { __typename }', operationName: '' };

  test('in a body, each time', async () => {
    for (let use = 0; use < 20; use += 1) {
      const response = await app.server.inject({ method: 'POST', url: '/graphql', payload });
      expect(response.json()).toEqual({ data: { __typename: 'Query' } });
    }
  });

  test('in the URL', async () => {
    const response = await app.server.inject(`/graphql?${new URLSearchParams(payload).toString()}`);
    expect(response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  test('so that one of several operations has to be named', async () => {
    const several = { ...payload, query: 'query A { __typename } query B { __typename }' };
    const response = await app.server.inject({ method: 'POST', url: '/graphql', payload: several });
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }] });
  });

  test('in your own Apollo Server', async () => {
    const server = new ApolloServer<GraphQLContext>(app.auth.apolloOptions);
    const { body } = await server.executeOperation(payload, { contextValue: app.auth.context({ headers: {} }) });
    expect(body).toMatchObject({ singleResult: { data: { __typename: 'Query' } } });
    await server.stop();
  });
});

describe('an operation in the URL', () => {
  const urlOf = (parameters: Record<string, string>): string =>
    `/graphql?${new URLSearchParams(parameters).toString()}`;

  test('runs as the user of the access token', async () => {
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const response = await app.server.inject({ url: urlOf({ query: '{ me { id } }' }), headers });
    expect(response.json()).toEqual({ data: { me: { id: ada.userId } } });
  });

  test('that is invalid is rejected like one in a body', async () => {
    for (const [accept, status] of [
      ['application/json', 200],
      ['application/graphql-response+json', 400],
    ] as const)
      for (const query of ['{', '{ nobody }'])
        expect((await app.server.inject({ url: urlOf({ query }), headers: { accept } })).statusCode).toBe(status);
  });

  test('cannot be a mutation', async () => {
    const response = await app.server.inject(urlOf({ query: 'mutation { logout { __typename } }' }));
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST']);
  });

  test('returns the same status and headers for HEAD', async () => {
    const url = urlOf({ query: '{ __typename }' });
    const head = await app.server.inject({ method: 'HEAD', url });
    const { headers } = await app.server.inject(url);
    expect([head.statusCode, head.body]).toEqual([200, '']);
    expect({ ...head.headers, date: '' }).toEqual({ ...headers, date: '' });
  });
});
