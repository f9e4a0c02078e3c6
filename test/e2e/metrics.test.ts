import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { runCommand, startService, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

/** The address of its metrics, on a port that the service has chosen. */
async function metricsUrlOf(service: ServiceProcess): Promise<string> {
  const port = await until(() => /"port":(\d+),"msg":"serving \/metrics"/.exec(service.output())?.[1], 'the port');
  return `http://127.0.0.1:${port}/metrics`;
}

test('the service serves metrics on a separate port, and nothing else there', async () => {
  const database = await createTestDatabase();
  const service = await startService({ DATABASE_URL: database.url, METRICS_PORT: '0', LOG_LEVEL: 'info' });
  const url = await metricsUrlOf(service);
  await service.register();
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  expect(text).toContain('auth_operations_total{field="register",outcome="LoginSuccess"} 1');
  expect(text).toMatch(/^auth_build_info\{version="\d+\.\d+\.\d+"\} 1$/m);
  expect(text).toMatch(/^auth_ready 1$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  expect((await fetch(new URL('/graphql', url))).status).toBe(404);
  expect((await fetch(new URL('/metrics', service.url))).status).toBe(404);
  expect(await service.stop()).toBe(0);
  await database.drop();
});

test('a service that is stopping is not ready', async () => {
  const database = await createTestDatabase();
  const settings = { METRICS_PORT: '0', LOG_LEVEL: 'info', DRAIN_SECONDS: '600' };
  const service = await startService({ DATABASE_URL: database.url, ...settings });
  const url = await metricsUrlOf(service);
  const readiness = async (): Promise<string | undefined> => {
    const text = await (await fetch(url)).text();
    return /^auth_ready (\d)$/m.exec(text)?.[1];
  };
  expect(await readiness()).toBe('1');
  const stopped = service.stop();
  await until(async () => (await readiness()) === '0', 'the end of readiness');
  // A second signal ends it at once.
  await service.stop('SIGKILL');
  await stopped;
  await database.drop();
});

test('metrics are still served while the database is down', async () => {
  const database = await createTestDatabase();
  const service = await startService({ DATABASE_URL: database.url, METRICS_PORT: '0', LOG_LEVEL: 'info' });
  const url = await metricsUrlOf(service);
  await database.drop();
  const text = await (await fetch(url)).text();
  expect(text).toMatch(/^auth_ready 0$/m);
  expect(text).toMatch(/^auth_outbox_rows Nan$/im);
  await service.stop();
});

test('refused connections are counted, and open ones are measured', async () => {
  const database = await createTestDatabase();
  const settings = { METRICS_PORT: '0', LOG_LEVEL: 'info', MAX_CONNECTIONS: '10' };
  const service = await startService({ DATABASE_URL: database.url, ...settings });
  const url = await metricsUrlOf(service);
  const metrics = async (): Promise<string> => (await fetch(url)).text();
  expect(await metrics()).toMatch(/^auth_connections_refused_total 0$/m);
  const { hostname, port: clientPort } = new URL(service.url);
  const sockets = Array.from({ length: 15 }, () => connect(Number(clientPort), hostname));
  await until(async () => /^auth_connections_refused_total 5$/m.test(await metrics()), 'the refusals');
  expect(await metrics()).toMatch(/^auth_connections 10$/m);
  for (const socket of sockets) socket.destroy();
  await service.stop();
  await database.drop();
});

test('an unusable file of keys is reported, until it is usable again', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-keys-'));
  const JWT_KEYS_FILE = join(folder, 'keys.json');
  await runCommand(['keys', 'generate'], { JWT_KEYS_FILE });
  const keys = await readFile(JWT_KEYS_FILE, 'utf8');
  const settings = { METRICS_PORT: '0', LOG_LEVEL: 'info', JWT_SECRET: '', JWT_KEYS_FILE };
  const service = await startService({ DATABASE_URL: database.url, ...settings });
  const url = await metricsUrlOf(service);
  const untilReported = (value: number): Promise<unknown> =>
    until(
      async () => (await (await fetch(url)).text()).includes(`\nauth_keys_file_up ${String(value)}\n`),
      'the report',
    );
  await untilReported(1);
  await writeFile(JWT_KEYS_FILE, keys.slice(0, 100));
  await untilReported(0);
  await writeFile(JWT_KEYS_FILE, keys);
  await untilReported(1);
  expect(await service.stop()).toBe(0);
  await database.drop();
  await rm(folder, { recursive: true });
});
