import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';

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

describe('a service that is told to stop', () => {
  test('answers what is under way when it is told to stop', async () => {
    const service = await startService({ DATABASE_URL: database.url, PASSWORD_SALT_ROUNDS: '11' });
    const users = await atOnce(16, () => service.register());
    let answered = 0;
    const logins = users.map(async (user) => {
      const { userId } = await service.login(user);
      answered += 1;
      return userId;
    });
    // All were sent together, and passwords are compared a few at a time: by the first answer the service has them all.
    await Promise.race(logins);
    expect(answered).toBeLessThan(users.length);
    const code = service.stop();
    expect(await Promise.all(logins)).toEqual(users.map(({ userId }) => userId));
    expect(await code).toBe(0);
  }, 30_000);

  test('answers a request whose body was still on its way, and waits for no kept-alive connection', async () => {
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
  }, 30_000);
});

describe('connections that would hold the end up', () => {
  test('one that says nothing is cut, and the service ends at once', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const silent = await openConnection(service);
    const start = performance.now();
    expect(await service.stop('SIGINT')).toBe(0);
    expect(performance.now() - start).toBeLessThan(5_000);
    silent.destroy();
  }, 30_000);

  test('one whose request never ends is cut in time for a clean end', async () => {
    const service = await startService({ DATABASE_URL: database.url });
    const endless = await openConnection(service);
    endless.on('error', () => undefined);
    endless.write(`${headersOf('{"query":"{ __typename }"}')}{"quer`);
    expect((await service.me()).status).toBe(200);
    expect(await service.stop()).toBe(0);
    endless.destroy();
  }, 30_000);
});
