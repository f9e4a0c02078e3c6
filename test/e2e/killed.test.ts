import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { openGate } from '../support/database-gate.js';
import { runCommand, startCommand, startService } from '../support/service-process.js';
import { until } from '../support/until.js';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

test.each([
  { point: 'while it creates a table', statement: /create table "?auth_session/i },
  { point: 'before it commits', statement: /commit(?!ted)/i },
  { point: 'while it creates the job queue', statement: /create schema.*auth_jobs/is },
  { point: 'while it declares a queue', statement: /auth-events-parked/ },
])('a migration that is killed $point is completed by the next start', async ({ statement }) => {
  const database = await createTestDatabase({ empty: true });
  const gate = await openGate(database.url);
  gate.trap(statement, 'hold');
  const kill = startCommand(['migrate'], { DATABASE_URL: gate.url });
  await until(() => gate.held > 0, 'the statement');
  await kill();
  const service = await startService({ DATABASE_URL: database.url });
  const ada = await service.register();
  expect((await service.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
  const applied = await database.sql<{ name: string }>('select name from auth_migration');
  expect(new Set(applied.map(({ name }) => name)).size).toBe(applied.length);
  expect(await runCommand(['migrate'], { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
  expect(await service.stop()).toBe(0);
  await database.drop();
});

test('a key command that is killed while it writes leaves the keys as they were, and says how to go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-killed-'));
  folders.push(folder);
  const file = join(folder, 'keys.json');
  const settings = { JWT_KEYS_FILE: file, JWT_SECRET: '' };
  await runCommand(['keys', 'generate'], settings);
  const keys = await readFile(file, 'utf8');
  // What the command has written by then.
  await writeFile(`${file}.next`, keys.slice(0, 100));
  const refused = await runCommand(['keys', 'generate'], settings);
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(`remove ${file}.next`) });
  expect(await readFile(file, 'utf8')).toBe(keys);
  const database = await createTestDatabase();
  const service = await startService({ ...settings, DATABASE_URL: database.url });
  await service.register();
  expect(await service.stop()).toBe(0);
  await rm(`${file}.next`);
  expect(await runCommand(['keys', 'generate'], settings)).toMatchObject({ code: 0 });
  await database.drop();
});
