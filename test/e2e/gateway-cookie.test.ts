import type { ServerResponse } from 'node:http';
import {
  ApolloGateway,
  IntrospectAndCompose,
  RemoteGraphQLDataSource,
  type GraphQLDataSourceProcessOptions,
} from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CLEARED, cookieOf, ORIGIN, outcomeOf, REFRESH_COOKIE } from '../support/browser.js';
import { DEFAULT_PASSWORD, GraphQLTestClient, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const ROUTER_SECRET = 'what the gateway of the tests sends along';

interface GatewayContext {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly response?: ServerResponse;
}

type Received = Parameters<NonNullable<RemoteGraphQLDataSource<GatewayContext>['didReceiveResponse']>>[0];

/** Proves that it is the gateway, and passes on what belongs to the browser, both ways. */
class CookieDataSource extends RemoteGraphQLDataSource<GatewayContext> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<GatewayContext>): void {
    const { headers } = context as GatewayContext;
    request.http?.headers.set('x-router-secret', ROUTER_SECRET);
    for (const name of ['authorization', 'cookie', 'origin']) {
      const value = headers?.[name];
      if (typeof value === 'string') request.http?.headers.set(name, value);
    }
  }

  override didReceiveResponse({ response, context }: Received): Received['response'] {
    const cookie = response.http?.headers.get('set-cookie');
    if (cookie !== null && cookie !== undefined) context.response?.setHeader('set-cookie', cookie);
    return response;
  }
}

const ignore = (): undefined => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let app: TestApp;
let gateway: ApolloServer<GatewayContext>;
let client: GraphQLTestClient;

beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE, router: { secret: ROUTER_SECRET } });
  const url = `${await app.server.listen({ port: 0, host: '127.0.0.1' })}/graphql`;
  gateway = new ApolloServer<GatewayContext>({
    gateway: new ApolloGateway({
      supergraphSdl: new IntrospectAndCompose({ subgraphs: [{ name: 'auth', url }] }),
      buildService: (service) => new CookieDataSource({ url: service.url ?? '' }),
      logger: quiet,
    }),
    logger: quiet,
  });
  const started = await startStandaloneServer(gateway, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req, res }) => Promise.resolve({ headers: req.headers, response: res }),
  });
  client = new GraphQLTestClient(async (body, headers) => {
    const response = await fetch(started.url, { method: 'POST', body, headers: { ...headers, connection: 'close' } });
    return { status: response.status, text: await response.text(), setCookies: response.headers.getSetCookie() };
  });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
});

test('a gateway that sends its secret composes, and a browser behind it signs in, refreshes and signs out', async () => {
  const registered = await client.mutation(
    'register',
    { email: newEmail(), password: DEFAULT_PASSWORD },
    { headers: { origin: ORIGIN } },
  );
  const headers = { origin: ORIGIN, cookie: cookieOf(registered) };
  const evil = await client.mutation('refresh', undefined, {
    headers: { ...headers, origin: 'https://evil.example.com' },
  });
  expect(evil.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'ORIGIN_NOT_ALLOWED' });
  const refreshed = await client.mutation('refresh', undefined, { headers });
  expect(outcomeOf(refreshed)).toMatchObject({ __typename: 'LoginSuccess', tokens: { refreshToken: null } });
  expect(cookieOf(refreshed)).not.toBe(headers.cookie);
  const token = outcomeOf(refreshed).tokens?.accessToken;
  expect((await client.mutation('logout', undefined, { token, headers })).setCookies).toEqual([CLEARED]);
});

test('beside it nobody reads the schema', async () => {
  const answer = await app.request('{ _service { sdl } }');
  expect(answer.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'NOT_FROM_ROUTER' });
});
