import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger } from '../../src/kernel/logger.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/persistence/embedded-postgres.js';
import { runSql } from '../support/database.js';

let base: string;
const running = new Set<EmbeddedPostgres>();

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'auth-subgraph-embedded-'));
  await chmod(base, 0o755);
});
afterAll(async () => {
  for (const postgres of running) await postgres.stop();
  await rm(base, { recursive: true, force: true });
});

async function start(folder: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, logger: silentLogger });
  running.add(postgres);
  return postgres;
}

test('of two starts that race for an empty folder one wins, and the other says why not', async () => {
  const folder = join(base, 'race');
  const outcomes = await Promise.allSettled([start(folder), start(folder)]);
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(won).toHaveLength(1);
  expect(lost).toHaveLength(1);
  expect(String(lost[0]?.reason)).toMatch(/in use/);
  expect(await runSql(won[0]?.value.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
}, 60_000);

test('stops once however often it is told to, and its data is there at the next start', async () => {
  const folder = join(base, 'again');
  const first = await start(folder);
  await runSql(first.url, 'create table kept as select 7 as number');
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();
  const second = await start(folder);
  expect(await runSql(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
  await second.stop();
}, 60_000);

test('starts over what an interrupted first start left behind, and tidies it up', async () => {
  const folder = join(base, 'interrupted');
  await mkdir(join(folder, 'data.new-abandoned'), { recursive: true });
  await writeFile(join(folder, 'data.new-abandoned', 'PG_VERSION'), '18');
  const postgres = await start(folder);
  expect((await readdir(folder)).filter((name) => name.startsWith('data.new-'))).toEqual([]);
  await postgres.stop();
}, 60_000);

test('starts over the pid file of a server that is no more', async () => {
  const folder = join(base, 'stale');
  const first = await start(folder);
  await first.stop();
  const dead = `2147480000\n${join(folder, 'data')}\n1700000000\n5432\n\n127.0.0.1\n0\nready\n`;
  await writeFile(join(folder, 'data', 'postmaster.pid'), dead);
  const second = await start(folder);
  expect(await runSql(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await second.stop();
}, 60_000);

test('listens on this machine only, and keeps its password from others', async () => {
  const postgres = await start(join(base, 'private'));
  const [row] = await runSql(postgres.url, 'show listen_addresses');
  expect(row).toEqual({ listen_addresses: '127.0.0.1' });
  const files = await readdir(postgres.folder);
  for (const file of files) expect((await stat(join(postgres.folder, file))).mode & 0o077).toBe(0);
  expect(files).toContain('password');
  const wrong = Object.assign(new URL(postgres.url), { password: 'wrong' }).href;
  await expect(runSql(wrong, 'select 1')).rejects.toThrow('password authentication failed');
  await postgres.stop();
}, 60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stdout.write('not run: a folder that PostgreSQL may not enter, which only root has\n');
(isRoot ? test : test.skip)(
  'finds another place when its own user may not enter the folder',
  async () => {
    const closed = join(base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => warnings.push(message) };
    const postgres = await startEmbeddedPostgres({ folder: join(closed, 'postgres'), logger });
    running.add(postgres);
    expect(await runSql(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(postgres.folder.startsWith(closed)).toBe(false);
    expect(warnings.join()).toContain(postgres.folder);
    await postgres.stop();
    await rm(postgres.folder, { recursive: true });
  },
  60_000,
);
