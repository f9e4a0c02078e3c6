import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ConfigError,
  createAuthSubgraph,
  InvalidCredentialsError,
  InvalidTokenError,
  type AuthSubgraph,
  type GraphQLContext,
} from '../../src/index.js';
import { silentLogger } from '../../src/platform/logger.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DEFAULT_PASSWORD, GraphQLTestClient, newEmail } from '../support/graphql-client.js';
import { TEST_SECRET } from '../support/test-app.js';

let database: TestDatabase;
let auth: AuthSubgraph;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  auth = await createAuthSubgraph(() =>
    Promise.resolve({
      environment: 'test',
      jwt: { secret: TEST_SECRET },
      password: { saltRounds: 4 },
      database: { url: database.url },
    }),
  );
  await auth.migrate();
});
afterAll(async () => {
  await auth.close();
  await database.drop();
});

test.each([undefined, null, 'options', 5])('%j is rejected in place of the options', async (options) => {
  await expect(createAuthSubgraph(options as never)).rejects.toThrow(ConfigError);
  await expect(createAuthSubgraph(() => Promise.resolve(options as never))).rejects.toThrow('options is not an object');
});

describe('the context of a request', () => {
  const ipAddress = '192.0.2.1';

  test('is read from a Headers object', async () => {
    const credentials = { email: newEmail(), password: DEFAULT_PASSWORD };
    await auth.services.registration.register(credentials, CLIENT);
    const { tokens } = await auth.services.login.login(credentials, CLIENT);
    const headers = { authorization: `Bearer ${tokens.accessToken}`, 'user-agent': 'agent' };
    const pairs = Object.entries(headers);
    for (const given of [
      headers,
      new Headers(headers),
      // As API gateways write them.
      Object.fromEntries(pairs.map(([name, value]) => [name.toUpperCase(), value])),
      Object.fromEntries(pairs.map(([name, value]) => [name, [value]])) as never,
      new Map([
        ['Authorization', headers.authorization],
        ['User-Agent', 'agent'],
      ]),
    ])
      expect(auth.context({ headers: given, ip: ipAddress })).toMatchObject({
        viewer: { kind: 'authenticated' },
        origin: { ipAddress, userAgent: 'agent' },
      });
  });

  test('prefers none of two tokens', () => {
    for (const given of [
      { authorization: ['Bearer a', 'Bearer b'] },
      { authorization: 'Bearer a', Authorization: 'Bearer b' },
    ])
      expect(auth.context({ headers: given as never })).toMatchObject({
        viewer: { kind: 'rejected', reason: 'TOKEN_INVALID' },
      });
  });

  test.each([
    [{ headers: {}, ip: null }],
    [{ headers: {}, ip: 5 }],
    [{ headers: { authorization: [], 'user-agent': [{}], cookie: [5] } }],
    [{ headers: { authorization: 5, 'user-agent': {} } }],
    [{ headers: null }],
    [{ headers: 'authorization: Bearer x' }],
    [{ headers: 5 }],
    [{ headers: [5] }],
    [{}],
    [null],
    [undefined],
    [5],
  ])('%j has no viewer and no origin', (request) => {
    expect(auth.context(request as never)).toMatchObject({
      viewer: { kind: 'anonymous' },
      origin: { ipAddress: null, userAgent: null },
    });
  });
});

const CLIENT = { ipAddress: null, userAgent: null };

test('a subgraph on a database without its schema reports it at startup', async () => {
  const empty = await createTestDatabase({ empty: true });
  const unmigrated = await createAuthSubgraph({
    environment: 'test',
    jwt: { secret: TEST_SECRET },
    database: { url: empty.url },
    logger: silentLogger,
  });
  await expect(unmigrated.start()).rejects.toThrow(/auth\.migrate\(\)/);
  await unmigrated.migrate();
  await unmigrated.start();
  await unmigrated.close();
  await empty.drop();
});

describe("in a team's own Apollo Server", () => {
  test('needs only the schema and the context builder', async () => {
    const server = new ApolloServer<GraphQLContext>(auth.apolloOptions);
    const { url } = await startStandaloneServer(server, {
      listen: { port: 0, host: '127.0.0.1' },
      context: ({ req }) => Promise.resolve(auth.context({ headers: req.headers, ip: req.socket.remoteAddress })),
    });
    const client = new GraphQLTestClient(async (body, headers) => {
      const response = await fetch(url, { method: 'POST', body, headers: { ...headers, connection: 'close' } });
      return { status: response.status, text: await response.text() };
    });
    const ada = await client.register();
    expect((await client.me(ada.accessToken)).data).toEqual({ me: { id: ada.userId, email: ada.email } });
    expect((await client.me('nonsense')).errors[0]?.extensions).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_INVALID',
    });
    await server.stop();
  });
});

describe('without GraphQL', () => {
  test('the services register, sign in, refresh and revoke', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    await auth.services.registration.register(input, CLIENT);
    const { session, tokens, user } = await auth.services.login.login(input, CLIENT);
    const viewer = { userId: user.id, sessionId: session.id };
    expect((await auth.services.users.me(viewer)).email).toBe(input.email);
    const refreshed = await auth.services.sessions.refresh(tokens.refreshToken, CLIENT);
    expect(refreshed.session.id).toBe(session.id);
    expect(await auth.services.sessions.revokeOthers(viewer)).toBe(1);
    await auth.services.sessions.logout(viewer);
    await expect(auth.services.sessions.refresh(refreshed.tokens.refreshToken, CLIENT)).rejects.toThrow(
      InvalidTokenError,
    );
  });

  test('a rejection is a typed error with a code and a status', async () => {
    const wrong = auth.services.login.login({ email: newEmail(), password: 'wrong' }, CLIENT);
    await expect(wrong).rejects.toBeInstanceOf(InvalidCredentialsError);
    await expect(wrong).rejects.toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS', status: 401 });
  });

  test('one set of services serves concurrent callers, each in its own transaction', async () => {
    const { services } = auth;
    const taken = newEmail();
    await services.registration.register({ email: taken, password: DEFAULT_PASSWORD }, CLIENT);
    const attempts = Array.from({ length: 20 }, (_value, n) =>
      services.registration.register({ email: n % 2 === 0 ? newEmail() : taken, password: DEFAULT_PASSWORD }, CLIENT),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });
});

test('the resolved options can be read but not changed', () => {
  expect(auth.config.jwt.accessTokenExpirationSeconds).toBe(900);
  expect(Object.isFrozen(auth.config)).toBe(true);
});

test('ports that are none are rejected, all of them at once', async () => {
  const ports = { claims: {}, mailer: true, hasher: {}, clock: null, logger: { info: () => undefined } };
  const options = { ...ports, jwt: { secret: TEST_SECRET }, database: { url: 'postgres://localhost/none' } };
  const created = createAuthSubgraph({ ...options, environment: 'test' } as never);
  const error: unknown = await created.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  const { problems } = error as ConfigError;
  expect(problems.map(({ path }) => path)).toEqual(['clock', 'hasher', 'logger', 'mailer', 'claims']);
  for (const { problem } of problems) expect(problem).toMatch(/; write/);
});

test('a subgraph that is closed is not ready', async () => {
  const jwt = { secret: TEST_SECRET };
  const own = await createAuthSubgraph({ environment: 'test', jwt, database: { url: database.url, poolSize: 1 } });
  expect(await own.readiness()).toBe('ok');
  await own.close();
  expect(await own.readiness()).toBe('closed');
  expect(await own.isReady()).toBe(false);
});
