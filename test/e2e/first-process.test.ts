import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openGate, type Gate } from '../support/database-gate.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Runs a program as the first process of a namespace, as in a container. */
const UNSHARE = '/usr/bin/unshare';
const FLAGS = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const canUnshare = spawnSync(UNSHARE, [...FLAGS, 'true']).status === 0;
if (!canUnshare) process.stderr.write('this process may not create namespaces: the first process is not tested\n');

let database: TestDatabase;
let gate: Gate;
let folder: string;
let kill = (): void => undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-first-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  gate = await openGate(database.url);
});
afterEach(async () => {
  kill();
  await database.drop();
});

/** Starts a command, and returns a function that sends it a signal and returns its exit code. */
function start(words: readonly string[]): (signal: NodeJS.Signals) => Promise<number | null> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: gate.url, JWT_SECRET: TEST_SECRET, PORT: '0' };
  const child = spawn(UNSHARE, [...FLAGS, process.execPath, PROGRAM, ...words], {
    env: { ...env, DATABASE_PREPARED_STATEMENTS: 'false' },
    stdio: 'ignore',
  });
  kill = () => void child.kill('SIGKILL');
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return async (signal) => {
    const parent = String(child.pid);
    const first = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
    process.kill(Number(first.trim()), signal);
    return ended;
  };
}

(canUnshare ? describe : describe.skip)('as the first process of a container', () => {
  test.each([
    ['serve', 'SIGTERM', 143],
    ['migrate', 'SIGINT', 130],
    ['migrate', 'SIGHUP', 129],
  ] as const)('%s is ended by %s while it migrates', async (command, signal, code) => {
    gate.trap(/create table "?auth_session/i, 'hold');
    const end = start([command]);
    await until(() => gate.held > 0, 'the statement');
    expect(await end(signal)).toBe(code);
  });

  test('an export that is ended leaves no file behind', async () => {
    gate.trap(/left join auth_user_metadata/, 'hold');
    const end = start(['users', 'export', '--with-password-hashes', '--output', join(folder, 'users')]);
    await until(() => gate.held > 0, 'the statement');
    expect(await readdir(folder)).toHaveLength(1);
    expect(await end('SIGTERM')).toBe(143);
    expect(await readdir(folder)).toEqual([]);
  });
});
