import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function openConnection({ url }: ServiceProcess): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

function headersOf(body: string): string {
  const length = String(Buffer.byteLength(body));
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}

/** A module that registers an SDK, which holds spans back and prints them. */
const SDK = `data:text/javascript,${encodeURIComponent(`
  import { BatchSpanProcessor, ConsoleSpanExporter, NodeTracerProvider } from '${import.meta.resolve('@opentelemetry/sdk-trace-node')}';
  const exporter = new ConsoleSpanExporter();
  new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 600_000 })] }).register();
`)}`;

describe('a service that is told to stop', () => {
  test('exports the spans that its SDK still holds', async () => {
    const service = await startService({ DATABASE_URL: database.url, NODE_OPTIONS: `--import=${SDK}` });
    await service.register();
    expect(service.output()).not.toContain('auth.register');
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain('auth.register');
  });

  test('answers requests in progress', async () => {
    const service = await startService({ DATABASE_URL: database.url, PASSWORD_SALT_ROUNDS: '11' });
    const ada = await service.register();
    let answered = 0;
    const logins = Array.from({ length: 4 }, async () => {
      const { userId } = await service.login(ada);
      answered += 1;
      return userId;
    });
    // All were sent together, and passwords are compared a few at a time: by the first answer the service has them all.
    await Promise.race(logins);
    expect(answered).toBeLessThan(logins.length);
    const code = service.stop();
    expect(await Promise.all(logins)).toEqual(logins.map(() => ada.userId));
    expect(await code).toBe(0);
  });

  test('answers a request whose body is still arriving, and does not wait for kept-alive connections', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const body = '{"query":"{ __typename }"}';
    const kept = await openConnection(service);
    kept.write(`${headersOf(body)}${body}`);
    await once(kept, 'data');
    const slow = await openConnection(service);
    slow.write(`${headersOf(body)}${body.slice(0, 5)}`);
    // Two answers on a later connection: the bytes above have been read by then.
    for (let n = 0; n < 2; n += 1) expect((await service.me()).status).toBe(200);
    const start = performance.now();
    const code = service.stop();
    await once(kept, 'close');
    const answer = once(slow, 'data') as Promise<[Buffer]>;
    slow.write(body.slice(5));
    expect((await answer)[0].toString()).toContain('{"data":{"__typename":"Query"}}');
    expect(await code).toBe(0);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const QUERY = '{"query":"{ __typename }"}';
const ANSWER = '{"data":{"__typename":"Query"}}';

/** Everything that the server sends until it closes the connection; a reset rejects. */
async function allOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'end');
  socket.end();
  return text;
}

async function written(sockets: readonly Socket[], text: string): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(text, resolve))));
}

function readyOf({ url }: ServiceProcess): Promise<Response> {
  return fetch(new URL('/health/ready', url));
}

describe('requests that were sent just before the signal', () => {
  test.each(['0', '1'])(
    'are answered, on new and on kept-alive connections, with a grace of %s seconds',
    async (DRAIN_SECONDS) => {
      const service = await startService({ DATABASE_URL: database.url, DRAIN_SECONDS });
      const request = `${headersOf(QUERY)}${QUERY}`;
      const kept = await Promise.all(Array.from({ length: 15 }, () => openConnection(service)));
      await written(kept, request);
      await Promise.all(kept.map((socket) => once(socket, 'data')));
      // While it is paused, the service has neither accepted these connections nor read from the others.
      process.kill(service.pid, 'SIGSTOP');
      const fresh = await Promise.all(Array.from({ length: 15 }, () => openConnection(service)));
      const answers = Promise.all([...kept, ...fresh].map(allOf));
      await written([...kept, ...fresh], request);
      const code = service.stop();
      process.kill(service.pid, 'SIGCONT');
      for (const answer of await answers) expect(answer).toContain(ANSWER);
      expect(await code).toBe(0);
    },
  );

  test('are all answered when several were sent at once on one connection', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const socket = await openConnection(service);
    const answers = allOf(socket);
    process.kill(service.pid, 'SIGSTOP');
    await written([socket], `${headersOf(QUERY)}${QUERY}`.repeat(5));
    const code = service.stop();
    process.kill(service.pid, 'SIGCONT');
    expect((await answers).split(ANSWER)).toHaveLength(6);
    expect(await code).toBe(0);
  });
});

test('a signal that npm repeats stops the service in good order', async () => {
  const service = await startService({ DATABASE_URL: database.url });
  const slow = await openConnection(service);
  const answer = allOf(slow);
  await written([slow], `${headersOf(QUERY)}${QUERY.slice(0, 5)}`);
  for (let n = 0; n < 2; n += 1) expect((await service.me()).status).toBe(200);
  void service.stop('SIGINT');
  await delay(1);
  const code = service.stop('SIGINT');
  await delay(100);
  await written([slow], QUERY.slice(5));
  expect(await answer).toContain(ANSWER);
  expect(await code).toBe(0);
});

describe('the grace after the signal', () => {
  test('fails the readiness check while new connections are still served, and told to close', async () => {
    const service = await startService({ DATABASE_URL: database.url, DRAIN_SECONDS: '4' });
    expect((await readyOf(service)).status).toBe(200);
    const idle = await openConnection(service);
    await written([idle], `${headersOf(QUERY)}${QUERY}`);
    await once(idle, 'data');
    const endless = await openConnection(service);
    endless.on('error', () => undefined);
    await written([endless], `${headersOf(QUERY)}{"quer`);
    const code = service.stop();
    await until(async () => (await readyOf(service)).status === 503, 'the readiness check to fail');
    expect(await (await readyOf(service)).json()).toEqual({ status: 'draining' });
    const socket = await openConnection(service);
    const answer = allOf(socket);
    await written([socket], `${headersOf(QUERY)}${QUERY}`);
    expect(await answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(await answer).toContain(ANSWER);
    expect((await fetch(new URL('/health/live', service.url))).status).toBe(200);
    expect(await code).toBe(0);
    idle.destroy();
    endless.destroy();
  });

  test('fails the readiness check of the port for user management too', async () => {
    const settings = { DATABASE_URL: database.url, DRAIN_SECONDS: '4', ADMIN_SCHEMA: 'separate', ADMIN_PORT: '0' };
    const service = await startService(settings);
    const [, url = ''] = /^User management is on (\S+)$/m.exec(service.output()) ?? [];
    const ready = (): Promise<Response> => fetch(new URL('/health/ready', url));
    expect((await ready()).status).toBe(200);
    const code = service.stop();
    await until(async () => (await ready()).status === 503, 'the readiness check to fail');
    expect(await code).toBe(0);
  });

  test('is cut short by a second signal', async () => {
    const service = await startService({ DATABASE_URL: database.url, DRAIN_SECONDS: '600' });
    void service.stop();
    await until(async () => (await readyOf(service)).status === 503, 'the readiness check to fail');
    // Sooner, the same signal would count as a repetition.
    await delay(600);
    expect(await service.stop()).toBe(1);
  });
});

describe('connections that would hold the end up', () => {
  test('one that says nothing is cut, and the service ends at once', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const silent = await openConnection(service);
    const start = performance.now();
    expect(await service.stop('SIGINT')).toBe(0);
    expect(performance.now() - start).toBeLessThan(5_000);
    silent.destroy();
  });

  test('one whose request never ends is cut in time for a clean end', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const endless = await openConnection(service);
    endless.on('error', () => undefined);
    endless.write(`${headersOf('{"query":"{ __typename }"}')}{"quer`);
    expect((await service.me()).status).toBe(200);
    expect(await service.stop()).toBe(0);
    endless.destroy();
  });
});
