import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTokenVerifier, type TokenVerifier } from '../../packages/verifier/src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { EXAMPLE_ARGUMENTS, ROOT } from '../support/example-process.js';
import { freePort } from '../support/free-port.js';
import { GraphQLTestClient } from '../support/graphql-client.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { until } from '../support/until.js';

const ROUTER_SECRET = 'a-router-secret-of-32-bytes-or-more';

const SERVERS = ['standalone', 'express', 'fastify', 'nestjs', 'nestjs-express'];

describe.each(SERVERS)('the subgraph in a %s server of your own', (name) => {
  let database: TestDatabase;
  let child: ChildProcess;
  let ended: Promise<unknown>;
  let output = '';
  let graphqlUrl: string;
  /** Where the keys, the feed and the probes are. */
  let origin: string;
  let client: GraphQLTestClient;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    const [port, internalPort] = [await freePort(), await freePort()];
    child = spawn(process.execPath, [...EXAMPLE_ARGUMENTS, `examples/own-server/${name}.ts`], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        INTERNAL_PORT: String(internalPort),
        JWT_KEY: newPrivateKey(),
        ROUTER_SECRET,
        DATABASE_URL: database.url,
        SMTP_URL: 'smtp://127.0.0.1:1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    ended = once(child, 'close');
    graphqlUrl = `http://127.0.0.1:${String(port)}${name === 'standalone' ? '/' : '/graphql'}`;
    origin = `http://127.0.0.1:${String(name === 'standalone' ? internalPort : port)}`;
    await until(() => {
      if (child.exitCode !== null) throw new Error(`the example ${name} did not start:\n${output}`);
      return isReady();
    }, `the example ${name}`);
    client = new GraphQLTestClient(async (body, headers) => {
      const response = await fetch(graphqlUrl, { method: 'POST', body, headers });
      return { status: response.status, text: await response.text() };
    });
    verifier = createTokenVerifier({
      jwksUri: `${origin}/.well-known/jwks.json`,
      revocations: { everySeconds: 0.1 },
    });
  });

  afterAll(async () => {
    verifier.close();
    child.kill('SIGKILL');
    await ended;
    await database.drop();
  });

  async function isReady(): Promise<boolean> {
    return fetch(`${origin}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  test('a verifier accepts its tokens, and rejects them after logout', async () => {
    const ada = await client.register();
    expect(await verifier.verify(ada.accessToken)).toMatchObject({ userId: ada.userId, sessionId: ada.sessionId });
    expect((await client.me(ada.accessToken)).data).toEqual({ me: { id: ada.userId, email: ada.email } });
    await client.mutate('logout', undefined, { token: ada.accessToken });
    await until(async () => {
      const outcome = await verifier.verify(ada.accessToken).catch((error: unknown) => error);
      return (outcome as { code?: string }).code === 'SESSION_ENDED';
    }, 'the revocation');
  });

  // The standalone server quotes a few characters, as its guide says.
  const logsBodies = name === 'standalone';
  test(`a body that is not valid JSON is refused${logsBodies ? '' : ' and never logged'}`, async () => {
    const body = '{"query":"{me{id}}","variables":{"password":"hunter2secret"x}}';
    const response = await fetch(graphqlUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(400);
    const answer = await response.text();
    expect(answer).not.toContain('hunter2secret');
    expect(answer).not.toMatch(/ at .*\.js:\d+/);
  });

  test('a gateway may ask for a thousand entities', async () => {
    const representations = Array.from({ length: 1000 }, () => ({
      __typename: 'User',
      id: randomUUID(),
      note: 'x'.repeat(100),
    }));
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const { data } = await client.request<{ _entities: unknown[] }>(
      query,
      { r: representations },
      { headers: { 'x-router-secret': ROUTER_SECRET } },
    );
    expect(data._entities).toHaveLength(1000);
  });

  test('the keys and the feed follow HTTP semantics', async () => {
    const keys = await fetch(`${origin}/.well-known/jwks.json`);
    expect(keys.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    expect(keys.headers.get('cache-control')).toBe('public, max-age=300');
    const known = { 'if-none-match': keys.headers.get('etag') ?? '' };
    expect((await fetch(keys.url, { headers: known })).status).toBe(304);
    expect((await fetch(keys.url, { method: 'OPTIONS' })).status).toBe(204);
    const head = await fetch(keys.url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String((await keys.arrayBuffer()).byteLength));
    const refused = await fetch(`${origin}/revocations`, { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${origin}/revocations?since=x`)).status).toBe(400);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });

  test('clients get no traces, responses are not cached, and invalid operations return HTTP 200', async () => {
    const ask = async (query: string, variables = {}): Promise<Response> =>
      fetch(graphqlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'apollo-federation-include-trace': 'ftv1' },
        body: JSON.stringify({ query, variables }),
      });
    const plain = await ask('{ __typename }');
    expect(plain.headers.get('cache-control')).toBe('no-store');
    expect(await plain.json()).toEqual({ data: { __typename: 'Query' } });
    expect((await ask('query ($id: ID!) { me { id @include(if: $id) } }', { id: {} })).status).toBe(200);
    const login = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
    expect((await ask(login, { input: 7 })).status).toBe(200);
    const page = await fetch(graphqlUrl, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('<script');
  });

  test('X-Forwarded-For is trusted only from the gateway', async () => {
    const query = '{ me { sessions { ipAddress } } }';
    const addressAfter = async (headers: Record<string, string>): Promise<unknown> => {
      const input = { email: `${String(performance.now())}@example.com`, password: 'correct horse battery' };
      const { tokens } = await client.mutate('register', input, { headers });
      const { data } = await client.request<{ me: { sessions: { ipAddress: string }[] } }>(
        query,
        {},
        { token: tokens?.accessToken },
      );
      return data.me.sessions[0]?.ipAddress;
    };
    const forwarded = { 'x-forwarded-for': '203.0.113.9, 192.0.2.7' };
    expect(await addressAfter(forwarded)).toBe('127.0.0.1');
    expect(await addressAfter({ ...forwarded, 'x-router-secret': ROUTER_SECRET })).toBe('192.0.2.7');
  });

  test('SIGTERM stops it cleanly, without warnings from the subgraph', async () => {
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(output).not.toMatch(/inline tracing|deprecat|unexpected error|UnhandledPromise/i);
    if (logsBodies) return;
    expect(output).not.toContain('hunter2secret');
    expect(output).not.toMatch(/ at .*\.js:\d+/);
  });
});
