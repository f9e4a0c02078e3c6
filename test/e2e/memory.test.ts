import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** V8 prints each garbage collection, why it happened, and how far the heap may grow until the next one. */
const startTraced = (): Promise<ServiceProcess> =>
  startService({ DATABASE_URL: database.url }, undefined, undefined, ['--trace-gc', '--trace-gc-verbose']);
const FREED = 'low memory notification';

test('an idle service frees the memory of its start once', async () => {
  const service = await startTraced();
  await until(() => service.output().includes(FREED), 'a full garbage collection');
  // Printed after the collection, so it may arrive later.
  await until(() => service.output().includes('[HeapController] factor 1.5 '), 'the growth of the heap');
  await service.register();
  const collections = service.output().split(FREED).length;
  await wait(3_000);
  expect(service.output().split(FREED)).toHaveLength(collections);
  await service.stop();
});

test('a service with a request in progress does not', async () => {
  const service = await startTraced();
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  // The body does not arrive.
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n');
  await wait(5_000);
  expect(service.output()).not.toContain(FREED);
  socket.destroy();
  await service.stop();
});
