import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createServer } from '../../src/cli/service/server.js';
import { createTestApp } from '../support/test-app.js';

const BODY = '{"query":"{ __typename }"}';
const ANSWER = '{"data":{"__typename":"Query"}}';
const SECRET = 'hunter2-must-not-come-back';

const log: string[] = [];
let server: FastifyInstance;
beforeAll(async () => {
  const { auth } = await createTestApp();
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(line) });
  server = await createServer(auth, { trustedHops: 1, logger });
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
});

interface Reply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly responses: number;
}

/** Sends bytes as they stand, and returns what comes back until the server closes the connection. */
async function send(text: string | Buffer): Promise<Reply> {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let reply = '';
  socket.on('data', (chunk: Buffer) => (reply += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  await once(socket, 'close');
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  const responses = reply.match(/HTTP\/1\.1 \d/g)?.length ?? 0;
  return { status: Number(/^HTTP\/1.1 (\d{3})/.exec(head)?.[1]), head, body, responses };
}

interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  readonly host?: string;
  readonly headers?: string;
}

function get({ method = 'GET', path = '/health/live', version = '1.1', host = 'a', headers = '' }: Parts): string {
  const hostLine = host === '' ? '' : `host: ${host}\r\n`;
  return `${method} ${path} HTTP/${version}\r\n${hostLine}${headers}connection: close\r\n\r\n`;
}

function post({ path = '/graphql', version = '1.1', host = 'a', headers }: Parts): string {
  const length = headers ?? `content-length: ${String(BODY.length)}\r\n`;
  const all = `content-type: application/json\r\n${length}`;
  return get({ method: 'POST', path, version, host, headers: all }) + BODY;
}

const ROUTES = ['/graphql', '/health/live', '/health/ready', '/.well-known/jwks.json', '/revocations', '/x'];

async function expectRefusal(text: string | Buffer, status: number): Promise<Reply> {
  log.length = 0;
  const reply = await send(text);
  expect(reply.status).toBe(status);
  const { errors } = JSON.parse(reply.body) as { errors: { message: string; extensions: { code: string } }[] };
  expect(errors).toEqual([{ message: expect.stringMatching(/^[A-Z].*\.$/), extensions: { code: 'BAD_REQUEST' } }]);
  expect(reply.body).not.toContain(SECRET);
  expect(log).toEqual([]);
  return reply;
}

describe('a Host header', () => {
  test.each(['a b', '[::1', 'a/b', 'a?b', 'user@a', 'a:port', '<a>', '\xc3\xa9', '%zz', 'a,b c'])(
    '%j is rejected on every route',
    async (host) => {
      for (const path of ROUTES) await expectRefusal(get({ path, host }), 400);
      await expectRefusal(post({ host }), 400);
    },
  );

  test.each(['a', 'auth.example.com', 'auth_1.internal:4001', '127.0.0.1:80', '[::1]:4001', 'a:', 'A.b-c', '%41'])(
    '%j is accepted',
    async (host) => {
      expect((await send(post({ host }))).body).toContain(ANSWER);
    },
  );

  test('that is missing, empty or duplicated is rejected', async () => {
    for (const path of ROUTES) {
      await expectRefusal(get({ path, host: '' }), 400);
      await expectRefusal(get({ path, host: ' ' }), 400);
      await expectRefusal(get({ path, headers: 'Host: b\r\n' }), 400);
    }
    await expectRefusal(post({ host: '' }), 400);
    await expectRefusal(post({ host: '', version: '1.0' }), 400);
  });

  test('that is rejected ends the connection, and so does a faulty Transfer-Encoding', async () => {
    const faulty = [
      get({ host: 'a b' }),
      get({ headers: 'host: b\r\n' }),
      post({ headers: 'transfer-encoding: chunked\r\n', version: '1.0' }),
      post({ headers: 'transfer-encoding: gzip\r\n' }),
    ];
    for (const text of faulty) {
      const kept = text.replace('connection: close', 'connection: keep-alive');
      const { head, responses } = await send(kept + get({}));
      expect(head).toMatch(/^HTTP\/1\.1 400 [^]*\nconnection: close/i);
      expect(responses).toBe(1);
    }
  });

  test('may be missing from an HTTP/1.0 load balancer probe', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect((await send(get({ path, host: '', version: '1.0' }))).status).toBe(200);
  });

  test('does not affect an operation, and neither does a forwarded one', async () => {
    const headers = `x-forwarded-host: a b\r\nx-forwarded-proto: no scheme\r\ncontent-length: ${String(BODY.length)}\r\n`;
    expect((await send(post({ headers }))).body).toContain(ANSWER);
  });
});

describe('an Authorization header', () => {
  test('that is repeated is rejected: programs on the way may read another one', async () => {
    for (const path of ROUTES)
      await expectRefusal(get({ path, headers: 'authorization: Bearer a\r\nAuthorization: Bearer b\r\n' }), 400);
    const headers = `content-length: ${String(BODY.length)}\r\n`;
    // Other headers may be as long as its name, or have it as their value.
    for (const other of ['', 'cache-control: no-cache\r\n', 'x-name: Authorization\r\nx-other: host\r\n'])
      expect((await send(post({ headers: `authorization: Bearer a\r\n${other}${headers}` }))).status).toBe(200);
  });
});

describe('an address', () => {
  test.each(['/%zz', '/graphql%', '/%c3%28', 'http://[/graphql', 'http://a:99999/graphql'])(
    '%j is rejected as an invalid URL',
    async (path) => {
      await expectRefusal(get({ path: `${path}?${SECRET}` }), 400);
      await expectRefusal(post({ path: `${path}?${SECRET}` }), 400);
    },
  );

  test.each([
    '/',
    '//',
    '//graphql',
    '/graphql/',
    '/graphql%2f',
    `/${SECRET}`,
    '/' + 'a'.repeat(5000),
    'ftp://a/graphql',
  ])('%j matches no route, and is not repeated', async (path) => {
    await expectRefusal(get({ path: `${path}?${SECRET}` }), 404);
    await expectRefusal(post({ path }), 404);
  });

  test('in absolute form is accepted', async () => {
    expect((await send(post({ path: 'http://elsewhere.example/graphql' }))).body).toContain(ANSWER);
  });
});

describe('a method', () => {
  test.each([
    ['PUT', '/graphql', 'GET, HEAD, POST'],
    ['OPTIONS', '/graphql', 'GET, HEAD, POST'],
    ['QUERY', '/graphql', 'GET, HEAD, POST'],
    ['TRACE', '/health/live', 'GET, HEAD'],
    ['DELETE', '/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
    ['POST', '/revocations', 'GET, HEAD'],
  ])('%s on %s is rejected, with the supported methods', async (method, path, allowed) => {
    const { head } = await expectRefusal(get({ method, path }), 405);
    expect(head).toContain(`\r\nallow: ${allowed}\r\n`);
  });

  test('CONNECT is rejected', async () => {
    await expectRefusal(get({ method: 'CONNECT', path: 'a:443' }), 405);
  });

  test.each(['FOO', 'get', 'G ET'])('%s is not HTTP', async (method) => {
    await expectRefusal(get({ method }), 400);
  });
});

describe('an Expect header', () => {
  test.each(['foo', '200-ok', SECRET])('%s, which the server does not know, is ignored', async (value) => {
    const headers = `expect: ${value}\r\ncontent-length: ${String(BODY.length)}\r\n`;
    const { body, head } = await send(post({ headers }));
    expect(body).toContain(ANSWER);
    expect(head).toContain('cache-control: no-store');
    expect((await send(get({ headers: `expect: ${value}\r\n` }))).status).toBe(200);
  });
});

describe('input that is not HTTP', () => {
  test.each<[string, string]>([
    ['the start of a TLS connection', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /graphql\r\n\r\n'],
    ['an unknown version', get({ version: '9.9' })],
    ['a space in the address', get({ path: `/graphql ${SECRET}` })],
    ['a NUL in the address', get({ path: '/gra\0phql' })],
    ['a header without a colon', get({ headers: `${SECRET}\r\n` })],
    ['a NUL in a header', get({ headers: 'x: a\0b\r\n' })],
    ['a folded header', get({ headers: 'x: a\r\n b\r\n' })],
  ])('is rejected: %s', async (_name, text) => {
    await expectRefusal(text, 400);
  });

  test.each([`x: ${'a'.repeat(20_000)}\r\n`, Array.from({ length: 2500 }, (_, n) => `x${String(n)}: 1\r\n`).join('')])(
    'oversized headers are rejected',
    async (headers) => {
      await expectRefusal(get({ headers }), 431);
    },
  );
});

describe('the framing of a body', () => {
  const chunked = `transfer-encoding: chunked\r\n`;
  const inChunks = (coding: string, version = '1.1'): string => {
    const headers = `content-type: application/json\r\n${coding}`;
    return `${get({ method: 'POST', path: '/graphql', headers, version })}1a\r\n${BODY}\r\n0\r\n\r\n`;
  };

  test.each<[string, string]>([
    ['a Content-Length that is not a number', post({ headers: 'content-length: abc\r\n' })],
    ['a negative Content-Length', post({ headers: 'content-length: -1\r\n' })],
    ['two Content-Lengths', post({ headers: 'content-length: 26\r\ncontent-length: 27\r\n' })],
    ['a Content-Length without end', post({ headers: `content-length: ${'9'.repeat(30)}\r\n` })],
    ['a Content-Length with chunks', post({ headers: `content-length: 26\r\n${chunked}` })],
    ['another Transfer-Encoding', post({ headers: 'transfer-encoding: gzip\r\n' })],
    ['chunks that are not', post({ headers: chunked })],
    ['chunks in HTTP/1.0', post({ headers: chunked, version: '1.0' })],
    ['a second Transfer-Encoding', post({ headers: `transfer-encoding: gzip, chunked\r\n` })],
    ['chunks, and a second Transfer-Encoding', inChunks('transfer-encoding: gzip, chunked\r\n')],
    ['good chunks in HTTP/1.0', inChunks(chunked, '1.0')],
  ])('is rejected: %s', async (_name, text) => {
    await expectRefusal(text, 400);
  });

  test.each(['chunked', 'Chunked'])('may be %s', async (coding) => {
    expect((await send(inChunks(`transfer-encoding: ${coding}\r\n`))).body).toContain(ANSWER);
  });
});
