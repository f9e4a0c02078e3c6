import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toNodeHandler } from '../../src/index.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const JWKS = '/.well-known/jwks.json';
const FEED = '/revocations';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ jwt: { keys: [newPrivateKey()], secret: undefined } });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** The headers that a client goes by. */
const COMPARED = ['content-type', 'cache-control', 'etag', 'allow', 'access-control-allow-origin', 'content-length'];

function comparable({ status, headers, body }: Answer): object {
  const compared = COMPARED.map((name) => [name, headers[name] ?? null]);
  return { status, body, ...(Object.fromEntries(compared) as object) };
}

async function byHandler(method: string, url: string, headers: Record<string, string>): Promise<Answer> {
  const request = new Request(new URL(url, 'https://auth.example.com'), { method, headers });
  const response = await app.auth.handlers.fetch(request);
  if (!response) throw new Error('nothing answered');
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

async function byService(method: string, url: string, headers: Record<string, string>): Promise<Answer> {
  const response = await app.server.inject({ method: method as 'GET', url, headers });
  return { status: response.statusCode, headers: response.headers, body: response.body };
}

describe('the handlers of the package respond like the service', () => {
  test.each<[string, string, number, Record<string, string>?]>([
    ['GET', JWKS, 200],
    ['GET', JWKS, 304, { 'if-none-match': '*' }],
    ['GET', JWKS, 200, { 'if-none-match': '"other"' }],
    ['HEAD', JWKS, 200],
    ['GET', FEED, 200],
    ['GET', `${FEED}?since=1`, 200],
    ['GET', FEED, 304, { 'if-none-match': 'W/"other", *' }],
    ['HEAD', FEED, 200],
  ])('%s %s: %i', async (method, url, status, headers = {}) => {
    const own = await byHandler(method, url, headers);
    expect(own.status).toBe(status);
    expect(comparable(own)).toEqual(comparable(await byService(method, url, headers)));
  });

  test.each<[string, string, number]>([
    ['OPTIONS', JWKS, 204],
    ['POST', JWKS, 405],
    ['OPTIONS', FEED, 405],
    ['DELETE', FEED, 405],
    ['GET', `${FEED}?since=yesterday`, 400],
    ['GET', `${FEED}?since=1&since=2`, 400],
    ['GET', `${FEED}?since=`, 400],
  ])('%s %s: %i, with no-store', async (method, url, status) => {
    const own = await byHandler(method, url, {});
    const served = await byService(method, url, {});
    for (const { headers } of [own, served]) expect(headers['cache-control']).toBe('no-store');
    expect([own.status, own.headers['allow'], own.body]).toEqual([status, served.headers['allow'], served.body]);
  });

  test('HEAD returns the content length of GET', async () => {
    for (const url of [JWKS, FEED]) {
      const { body } = await byHandler('GET', url, {});
      expect(await byHandler('HEAD', url, {})).toMatchObject({
        body: '',
        headers: { 'content-length': String(Buffer.byteLength(body)) },
      });
    }
  });

  test('and leave every other path to your application', async () => {
    for (const path of ['/', '/graphql', '/.well-known/revocations', '/auth/revocations', '//revocations'])
      expect(await app.auth.handlers.fetch(new Request(`https://auth.example.com${path}`))).toBeUndefined();
  });
});

describe('a handler responds to its own failures', () => {
  const ask = async (own: TestApp): Promise<Response> =>
    own.auth.handlers.revocations(new Request('https://auth.example.com/revocations'));

  test('with 503 if the database is unavailable', async () => {
    const own = await createTestApp();
    await own.database.cutOff();
    const response = await ask(own);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
  });

  test('with a masked error if it is unexpected, logged with the id that the client gets', async () => {
    const { logger, lines } = recordingLogger();
    const own = await createTestApp({ logger });
    await own.database.sql('alter table auth_session rename to gone');
    const response = await ask(own);
    const text = await response.text();
    const { errors } = JSON.parse(text) as { errors: { extensions: { errorId: string } }[] };
    expect(response.status).toBe(500);
    expect(text).not.toContain('auth_session');
    expect(lines()).toContainEqual(expect.objectContaining({ level: 50, errorId: errors[0]?.extensions.errorId }));
  });
});

describe('toNodeHandler', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close().closeAllConnections();
  });

  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  /** Sends a path as it is, which `fetch` would not. */
  async function statusOf(origin: string, path: string, method = 'GET'): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      httpRequest(origin, { path, method, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  test('serves node:http, and returns 404 for unknown paths', async () => {
    const origin = await listen(toNodeHandler((request) => app.auth.handlers.fetch(request)));
    const response = await fetch(origin + JWKS);
    expect(await response.json()).toEqual({ keys: app.auth.publicKeys });
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json');
    const known = { 'if-none-match': response.headers.get('etag') ?? '' };
    expect((await fetch(origin + JWKS, { headers: known })).status).toBe(304);
    expect((await fetch(origin + FEED, { method: 'POST', body: '{}' })).status).toBe(405);
    for (const path of ['/', '/x', '//', '//revocations', 'http://[/']) expect(await statusOf(origin, path)).toBe(404);
    expect(await statusOf(origin, FEED, 'TRACE')).toBe(405);
    expect(await statusOf(origin, 'http://elsewhere.example/revocations')).toBe(200);
  });

  test('passes unknown paths and failures to the next handler', async () => {
    const failing = toNodeHandler((request) => {
      if (request.url.endsWith('/fails')) throw new Error('of a test');
      return app.auth.handlers.fetch(request);
    });
    const origin = await listen((request, response) => {
      failing(request, response, (error) => response.writeHead(error === undefined ? 418 : 599).end());
    });
    expect([await statusOf(origin, FEED), await statusOf(origin, '/x'), await statusOf(origin, '/fails')]).toEqual([
      200, 418, 599,
    ]);
  });
});
