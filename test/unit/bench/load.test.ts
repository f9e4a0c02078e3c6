import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { drive, openAll, type Limits, type LoadResult } from '../../../scripts/bench/load/drive.js';
import { sendOnce } from '../../../scripts/bench/load/http-connection.js';
import { ResponseReader } from '../../../scripts/bench/load/http-response.js';
import { get, postJson, succeeded } from '../../../scripts/bench/load/requests.js';

const SECONDS = 0.1;

let close: () => void = () => undefined;
afterEach(() => close());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function load(url: string, connections = 3, limits: Limits = { seconds: SECONDS }): Promise<LoadResult> {
  const exchange = {
    request: () => postJson('/', { query: '{ me }' }),
    accepts: (reply: Parameters<typeof succeeded>[0]) => succeeded(reply, 'ada'),
  };
  const opened = await openAll({ urls: [url], connections });
  const measured = await drive(opened, exchange, limits);
  for (const connection of opened) connection.close();
  return measured;
}

function readAll(chunks: readonly string[]): string[] {
  const reader = new ResponseReader();
  return chunks.map((chunk) => reader.push(Buffer.from(chunk))?.body.toString() ?? '…');
}

test('a response is complete when all of its length has arrived', () => {
  expect(readAll(['HTTP/1.1 200 OK\r\nContent-', 'Length: 5\r\n\r\nhe', 'llo'])).toEqual(['…', '…', 'hello']);
});

test('a chunked response is complete when its last chunk has arrived', () => {
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  expect(readAll([head, '5\r\nhello\r\n', '7\r\n, wo', 'rld\r\n0\r\n', '\r\n'])).toEqual([
    '…',
    '…',
    '…',
    '…',
    'hello, world',
  ]);
});

test('a connection can be used again after each response', () => {
  const response = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`;
  expect(readAll([response('one'), response('three')])).toEqual(['one', 'three']);
});

test.each([
  ['no length', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['more bytes than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab'],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n'],
])('a response with %s is refused', (_what, bytes) => {
  expect(() => new ResponseReader().push(Buffer.from(bytes))).toThrow();
});

test('the server sees the method, the path, the headers and the body', async () => {
  const url = await serve((request, response) => {
    request.setEncoding('utf8').once('data', (body: string) => {
      response.end(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''} ${body}`);
    });
  });
  const reply = await sendOnce(url, postJson('/graphql', { name: 'Łukasz' }, { authorization: 'Bearer t' }));
  expect(reply.body.toString()).toBe('POST /graphql Bearer t {"name":"Łukasz"}');
});

test('a response without a body is complete', async () => {
  const url = await serve((_request, response) => response.writeHead(404).end());
  expect(await sendOnce(url, get('/'))).toMatchObject({ status: 404, body: Buffer.alloc(0) });
});

test('every client keeps its connection', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('ada');
  });
  const { requests, failures, latencies } = await load(url, 7);
  expect(failures).toBe(0);
  expect(ports.size).toBe(7);
  expect(latencies).toHaveLength(requests);
});

test('a load ends after as many requests as it is limited to', async () => {
  let count = 0;
  const url = await serve((_request, response) => {
    count += 1;
    response.end('ada');
  });
  expect(await load(url, 3, { seconds: 30, requests: 10 })).toMatchObject({ requests: 10, failures: 0 });
  expect(count).toBe(10);
});

test.each<[string, RequestListener, string]>([
  ['another status', (_request, response) => response.writeHead(503).end('ada'), '503 ada'],
  ['GraphQL errors', (_request, response) => response.end('{"data":"ada","errors":[{}]}'), '200 {"data":"ada"'],
  ['other content', (_request, response) => response.end('grace'), '200 grace'],
  ['no response', (request) => request.socket.destroy(), 'the server closed the connection'],
])('%s is a failure', async (_what, listener, first) => {
  const { failures, firstFailure } = await load(await serve(listener));
  expect(failures).toBeGreaterThanOrEqual(3);
  expect(firstFailure).toContain(first);
});

test('a connection that the server closes after a response is a failure', async () => {
  let count = 0;
  const url = await serve((_request, response) => {
    count += 1;
    if (count === 1) response.setHeader('connection', 'close');
    response.end('ada');
  });
  expect((await load(url, 3, { seconds: 30, requests: 10 })).failures).toBe(1);
});
