import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { silentLogger } from '../../src/platform/logger.js';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../packages/embedded-postgres/src/index.js';
import { ensureCluster } from '../../packages/embedded-postgres/src/cluster.js';
import { chooseDatabasePlace } from '../../packages/embedded-postgres/src/database-place.js';
import { lockFolder } from '../../packages/embedded-postgres/src/folder-lock.js';
import { findPackagedBinaries, runnableBinaries } from '../../packages/embedded-postgres/src/postgres-binaries.js';
import { birthOf } from '../../packages/embedded-postgres/src/process-identity.js';
import { runSql } from '../support/database.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OWNER = `
  import { startEmbeddedPostgres } from './packages/embedded-postgres/src/index.ts';
  const { url, pid } = await startEmbeddedPostgres({ folder: process.argv[1] });
  console.log(JSON.stringify({ url, pid }));
  setInterval(() => undefined, 1000);
`;

let base: string;
let folder: string;
const running = new Set<EmbeddedPostgres>();
const owners = new Set<ChildProcess>();

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'auth-subgraph-embedded-'));
  await chmod(base, 0o755);
  folder = join(base, 'postgres');
});
afterAll(async () => {
  for (const postgres of running) await postgres.stop();
  for (const owner of owners) owner.kill('SIGKILL');
  await rm(base, { recursive: true, force: true });
});

async function start(folder: string, logger = silentLogger): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, logger });
  running.add(postgres);
  return postgres;
}

/** Another process that runs the database until it is killed. */
async function startOwner(
  folder: string,
): Promise<{ owner: ChildProcess; ownerPid: number; url: string; pid: number }> {
  const register = ['--import', '@swc-node/register/esm-register', '--input-type=module'];
  const owner = spawn(process.execPath, [...register, '-e', OWNER, folder], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.add(owner);
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, ownerPid: owner.pid ?? 0, ...(JSON.parse(line.toString()) as { url: string; pid: number }) };
}

async function isRunning(pid: number): Promise<boolean> {
  return (await birthOf(pid)) !== undefined;
}

test('of two starts that race after an interrupted start, one wins and the other says why it failed', async () => {
  await mkdir(join(folder, 'data.new-abandoned'), { recursive: true });
  await writeFile(join(folder, 'data.new-abandoned', 'PG_VERSION'), '18');
  const outcomes = await Promise.allSettled([start(folder), start(folder)]);
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(won).toHaveLength(1);
  expect(lost).toHaveLength(1);
  expect(String(lost[0]?.reason)).toMatch(/in use/);
  expect(await runSql(won[0]?.value.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await readdir(folder)).filter((name) => name.startsWith('data.new-'))).toEqual([]);
  await won[0]?.value.stop();
});

test('stops once however often stop is called, and its data survives until the next start', async () => {
  const first = await start(folder);
  await runSql(first.url, 'create table kept as select 7 as number');
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();
  const second = await start(folder);
  expect(await runSql(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
  await second.stop();
});

test.each([
  ['is no more', 2_147_480_000],
  ['left its number to another program', process.ppid],
])('starts despite a pid file of a server that %s', async (_case, pid) => {
  await writeFile(
    join(folder, 'data', 'postmaster.pid'),
    `${pid}\n${join(folder, 'data')}\n1700000000\n5432\n\n127.0.0.1\n0\nready\n`,
  );
  const postgres = await start(folder);
  expect(await runSql(postgres.url, 'select number from kept')).toEqual([{ number: 7 }]);
  await postgres.stop();
});

test('its address connects without TLS, whatever PGSSLMODE says', async () => {
  const postgres = await start(folder);
  process.env['PGSSLMODE'] = 'require';
  try {
    expect(await runSql(postgres.url, 'select number from kept')).toEqual([{ number: 7 }]);
  } finally {
    delete process.env['PGSSLMODE'];
    await postgres.stop();
  }
});

test('leaves no process and no temporary file behind after it stops', async () => {
  const postgres = await start(folder);
  await postgres.stop();
  expect(await isRunning(postgres.pid)).toBe(false);
  const files = (await readdir(postgres.folder)).filter((name) => !name.startsWith('programs-'));
  expect(files.sort()).toEqual(['data', 'password']);
});

test('logs an unexpected end of the server, and restarts it', async () => {
  const errors: string[] = [];
  const postgres = await start(folder, { ...silentLogger, error: (_fields, text) => errors.push(text) });
  process.kill(postgres.pid, 'SIGKILL');
  await until(() => errors.length > 0, 'the log line');
  await postgres.stop();
  const next = await start(folder);
  expect(await runSql(next.url, 'select number from kept')).toEqual([{ number: 7 }]);
  await next.stop();
});

describe('a server that stops unexpectedly', () => {
  test('is restarted on the same port, with its data', async () => {
    const postgres = await start(folder);
    for (let round = 0; round < 2; round += 1) {
      const { pid } = postgres;
      process.kill(pid, 'SIGKILL');
      await until(() => postgres.pid !== pid, 'the next server');
      expect(await runSql(postgres.url, 'select number from kept')).toEqual([{ number: 7 }]);
    }
    const { pid } = postgres;
    await postgres.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  test('is not restarted if it is stopped meanwhile', async () => {
    const postgres = await start(folder);
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.stop();
    expect(await isRunning(postgres.pid)).toBe(false);
    const next = await start(folder);
    await next.stop();
  });

  test('recovers by itself if only one of its processes is killed', async () => {
    const postgres = await start(folder);
    const { pid } = postgres;
    const client = new pg.Client({ connectionString: postgres.url });
    const lost = once(client, 'error');
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await lost;
    await until(() => runSql(postgres.url, 'select 1').catch(() => undefined), 'the recovery');
    expect(postgres.pid).toBe(pid);
    await postgres.stop();
  });
});

test('rejects a folder in use by another process, and names the process; its server ends with it', async () => {
  const { owner, ownerPid, pid } = await startOwner(folder);
  const second = start(folder);
  await expect(second).rejects.toBeInstanceOf(EmbeddedPostgresError);
  await expect(second).rejects.toThrow(`already in use by process ${ownerPid}; stop it, or use another folder`);
  owner.kill('SIGKILL');
  await until(async () => !(await isRunning(pid)), 'the end of the server');
});

// Only Linux says which processes keep watch over the server.
(process.platform === 'linux' ? test : test.skip)(
  'stops the server that a killed process left behind, and has its data',
  async () => {
    const { owner, ownerPid, url, pid } = await startOwner(folder);
    await runSql(url, 'update kept set number = 8');
    const children = await readFile(`/proc/${ownerPid}/task/${ownerPid}/children`, 'utf8');
    const watchers = children
      .trim()
      .split(' ')
      .map(Number)
      .filter((child) => child !== pid);
    for (const process_ of [...watchers, ownerPid]) process.kill(process_, 'SIGKILL');
    await once(owner, 'close');
    expect(await isRunning(pid)).toBe(true);
    const next = await start(folder);
    expect(await isRunning(pid)).toBe(false);
    expect(await runSql(next.url, 'select number from kept')).toEqual([{ number: 8 }]);
    await next.stop();
  },
  60_000,
);

test('only one of many processes takes over the lock of a dead process', async () => {
  const locked = join(base, 'locked');
  for (let round = 0; round < 20; round += 1) {
    await mkdir(join(locked, 'lock'), { recursive: true });
    await writeFile(join(locked, 'lock', '2147480000-123.abc-dead'), '');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(locked)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value();
    expect(await readdir(locked)).toEqual([]);
  }
});

test('listens only on this machine, and keeps its password from other users', async () => {
  const postgres = await start(folder);
  const [row] = await runSql(postgres.url, 'show listen_addresses');
  expect(row).toEqual({ listen_addresses: '127.0.0.1' });
  const files = await readdir(postgres.folder);
  for (const file of files.filter((name) => !name.startsWith('programs-')))
    expect((await stat(join(postgres.folder, file))).mode & 0o077).toBe(0);
  expect(files).toContain('password');
  const wrong = Object.assign(new URL(postgres.url), { password: 'wrong' }).href;
  await expect(runSql(wrong, 'select 1')).rejects.toThrow('password authentication failed');
  await postgres.stop();
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stdout.write('not run: folders that PostgreSQL may not enter, which only root has\n');
(isRoot ? test : test.skip)(
  'finds another place when its own user may not enter the folder',
  async () => {
    const closed = join(base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const warnings: string[] = [];
    const postgres = await start(join(closed, 'postgres'), {
      ...silentLogger,
      warn: (_fields, text) => warnings.push(text),
    });
    expect(await runSql(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(postgres.folder.startsWith(closed)).toBe(false);
    expect(warnings.join()).toContain(postgres.folder);
    await postgres.stop();
    await rm(postgres.folder, { recursive: true });
  },
  60_000,
);

(isRoot ? test : test.skip)(
  'copies its programs once when its own user may not run them where they are',
  async () => {
    const closed = join(base, 'closed-programs');
    await mkdir(closed, { mode: 0o700 });
    const { native, version } = await findPackagedBinaries();
    await cp(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const place = await chooseDatabasePlace(join(base, 'copied'), silentLogger);
    const packaged = { native: join(closed, 'native'), version };
    const { postgres } = await runnableBinaries(packaged, place, silentLogger);
    expect(postgres).toBe(join(place.folder, `programs-${version}`, 'bin', 'postgres'));
    const { mtimeMs } = await stat(postgres);
    await runnableBinaries(packaged, place, silentLogger);
    expect((await stat(postgres)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(place.folder)).toEqual([`programs-${version}`]);
  },
  60_000,
);

(isRoot ? test : test.skip)('says that its user needs an entry in /etc/passwd, if it has none', async () => {
  const place = { folder: join(base, 'nameless'), user: { uid: 12_345, gid: 12_345 } };
  await mkdir(place.folder);
  const binaries = await runnableBinaries(await findPackagedBinaries(), place, silentLogger);
  await expect(ensureCluster(place, binaries, silentLogger)).rejects.toThrow(
    'PostgreSQL requires that the user it runs as (12345) has an entry in /etc/passwd. Add one, or use another user.',
  );
});
