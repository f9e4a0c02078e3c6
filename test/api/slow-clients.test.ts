import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../../src/cli/service/server.js';
import type { ConnectionLimits } from '../../src/platform/http/connection-limits.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
const CROWD = 500;

const closers: (() => Promise<unknown>)[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const close of closers.splice(0)) await close();
});

async function start(
  limits: Partial<ConnectionLimits>,
): Promise<{ server: FastifyInstance; port: number; lines: () => Record<string, unknown>[] }> {
  const { auth } = await createTestApp();
  const { logger, lines } = recordingLogger();
  const server = await createServer(auth, { trustedHops: 0, limits, logger });
  await server.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => server.close());
  return { server, port: (server.server.address() as AddressInfo).port, lines };
}

interface Client {
  readonly socket: Socket;
  /** What has arrived once the connection is closed. */
  readonly reply: Promise<string>;
}

async function open(port: number, text = ''): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  const reply = once(socket, 'close').then(() => received);
  await once(socket, 'connect');
  socket.write(text);
  return { socket, reply };
}

async function isServed(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/health/live`, { headers: { connection: 'close' } });
  return response.status === 200;
}

test.each([
  ['nothing', '', { headMs: 500 }],
  ['an incomplete head', HEAD, { headMs: 500 }],
  ['an incomplete body', `${HEAD}content-length: 100\r\n\r\n{"query":`, { headMs: 500, requestMs: 500 }],
])('a client that sends %s is disconnected', async (_name, text, limits) => {
  const { port } = await start({ ...limits, checkMs: 50 });
  const { reply } = await open(port, text);
  expect(await reply).toMatch(/^HTTP\/1.1 408 .*The request did not arrive in time/s);
});

test('hundreds of connections that never finish their request do not block others, and are closed', async () => {
  const { port } = await start({ headMs: 3_000, checkMs: 50 });
  const crowd: Client[] = [];
  while (crowd.length < CROWD) crowd.push(...(await Promise.all(Array.from({ length: 50 }, () => open(port, HEAD)))));
  expect(await isServed(port)).toBe(true);
  for (const reply of await Promise.all(crowd.map((client) => client.reply))) expect(reply).toMatch(/^HTTP\/1.1 408 /);
});

test('a URL that exceeds the limit on the request head is rejected', async () => {
  const { port } = await start({});
  const { reply } = await open(port, `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nhost: a\r\n\r\n`);
  expect(await reply).toMatch(/^HTTP\/1.1 431 /);
});

test('a client that reads none of its responses is disconnected', async () => {
  const { server, port } = await start({ stallMs: 500 });
  const body = '{"query":"{ _service { sdl } }"}';
  const request = `${HEAD}content-length: ${String(body.length)}\r\n\r\n${body}`;
  const { socket } = await open(port);
  socket.pause();
  // More than the system buffers. The server stops reading requests while responses wait.
  socket.write(request.repeat(2_000));
  await until(() => server.server.listening && connectionsOf(server).then((count) => count === 1), 'the connection');
  await until(() => connectionsOf(server).then((count) => count === 0), 'its end');
  expect(await isServed(port)).toBe(true);
});

async function connectionsOf({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

test('connections beyond the limit are closed at once and logged once, and a closed connection makes room for another', async () => {
  const { port, lines } = await start({ maxConnections: 2 });
  const kept = [await open(port), await open(port)];
  for (let n = 0; n < 3; n += 1) expect(await (await open(port, HEAD)).reply).toBe('');
  expect(lines().filter(({ msg }) => msg === 'there are too many connections')).toHaveLength(1);
  kept[0]?.socket.end();
  await kept[0]?.reply;
  expect(await isServed(port)).toBe(true);
});
