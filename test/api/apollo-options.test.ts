import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let server: ApolloServer<GraphQLContext>;
let url: string;
const notices: unknown[] = [];
const note = (message: unknown): void => void notices.push(message);
let operations = 0;

beforeAll(async () => {
  app = await createTestApp({ environment: 'development' });
  const mine: ApolloServerPlugin = { requestDidStart: () => Promise.resolve(void (operations += 1)) };
  server = new ApolloServer<GraphQLContext>({
    ...app.auth.apolloOptions,
    plugins: [...app.auth.apolloOptions.plugins, mine],
    logger: { debug: note, info: note, warn: note, error: note },
  });
  ({ url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve(app.auth.context({ headers: req.headers, ip: req.socket.remoteAddress })),
  }));
});
afterAll(() => server.stop());

async function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  });
}

describe('a server of your own with apolloOptions', () => {
  test('starts without a warning', () => {
    expect(notices).toEqual([]);
  });

  test('does not include traces in responses', async () => {
    const query = '{ __typename me { id } }';
    const response = await post({ query }, { 'apollo-federation-include-trace': 'ftv1' });
    expect(await response.json()).not.toHaveProperty('extensions');
  });

  test('marks every response as no-store', async () => {
    for (const query of ['{ __typename }', '{ me { id } }', '{ nothing }'])
      expect((await post({ query })).headers.get('cache-control')).toBe('no-store');
  });

  test('does not show browsers a third-party page', async () => {
    const response = await fetch(url, { headers: { accept: 'text/html', connection: 'close' } });
    expect(await response.text()).not.toContain('<script');
  });

  test('runs your plugins too', async () => {
    operations = 0;
    await post({ query: '{ __typename }' });
    expect(operations).toBe(1);
  });

  test('returns 200 for an invalid operation or variables of the wrong type, and 400 for a malformed request', async () => {
    const query = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
    const many = Object.fromEntries(Array.from({ length: 60 }, (_value, n) => [`unknown${String(n)}`, n]));
    for (const input of [undefined, null, 7, { email: 7 }, many]) {
      const response = await post({ query, variables: { input } });
      expect([response.status, await response.json()]).toEqual([200, { errors: expect.any(Array) }]);
    }
    for (const body of [
      { query: '{ nothing }' },
      { query: '{' },
      { query: 'query ($unused: String) { __typename }' },
      { query: 'query A { __typename } query B { __typename }' },
      { query: '{ __typename }', operationName: 'Other' },
      { query: 'mutation { logout { __typename } logout: refresh { __typename } }' },
      { query, variables: { input: 7 } },
    ]) {
      expect((await post(body)).status).toBe(200);
      expect((await post(body, { accept: 'application/graphql-response+json' })).status).toBe(400);
    }
    for (const body of [{}, { query: 7 }, { query: '{ __typename }', variables: 'x' }])
      expect((await post(body)).status).toBe(400);
  });
});

test('a plugin that rejects an operation keeps its HTTP status', async () => {
  const refusal: ApolloServerPlugin = {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: () => Promise.reject(new GraphQLError('no', { extensions: { http: { status: 400 } } })),
      }),
  };
  const { apolloOptions } = app.auth;
  const strict = new ApolloServer({ ...apolloOptions, plugins: [...apolloOptions.plugins, refusal] });
  const contextValue = app.auth.context({ headers: {} });
  const { http } = await strict.executeOperation({ query: '{ __typename }' }, { contextValue });
  expect(http.status).toBe(400);
  await strict.stop();
});
