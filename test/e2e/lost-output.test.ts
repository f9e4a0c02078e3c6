import { spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { mountSmallDisk } from '../support/small-disk.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const hasFullDevice = existsSync('/dev/full');
const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;
if (!hasFullDevice) process.stderr.write('there is no /dev/full: a full disk for the log is not tested\n');
if (!hasTerminals) process.stderr.write('python3 is missing: a terminal that closes is not tested\n');

/** Runs a program in a terminal, closes that once the service is up, and prints the exit code. */
const CLOSED_TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b''
while b'listening on' not in shown:
    shown += os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

let database: TestDatabase;
const children: ReturnType<typeof spawn>[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.drop();
});

async function start(words: readonly string[], stdio: StdioOptions) {
  const port = await freePort();
  const [program = '', ...rest] = words;
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    DATABASE_URL: database.url,
    JWT_SECRET: TEST_SECRET,
    PASSWORD_SALT_ROUNDS: '4',
    RATE_LIMITS_ENABLED: 'false',
    LOG_LEVEL: 'debug',
  };
  const child = spawn(program, rest, { env, stdio });
  children.push(child);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const status = async (): Promise<number | undefined> =>
    (await fetch(`http://127.0.0.1:${String(port)}/health/ready`).catch(() => undefined))?.status;
  /** A sign-in that fails is logged. */
  const log = async (): Promise<void> => {
    const query = 'mutation { login(input: { email: "ada@example.com", password: "wrong" }) { __typename } }';
    const headers = { 'content-type': 'application/json' };
    await fetch(`http://127.0.0.1:${String(port)}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
  };
  return { child, ended, status, log };
}

/** A process that has to be killed would never end, and the test would only time out. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'still running'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'still running'>((resolve) => (timer = setTimeout(() => resolve('still running'), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

describe('a service whose log cannot be written', () => {
  const full = (): number => openSync('/dev/full', 'w');
  (hasFullDevice ? test : test.skip).each([
    ['standard output', () => ['ignore', full(), 'ignore'] as const],
    ['standard error', () => ['ignore', 'ignore', full()] as const],
    ['both', () => ['ignore', full(), full()] as const],
  ])(
    'because %s has no space keeps serving, and stops in good order',
    async (_what, stdio) => {
      const service = await start([process.execPath, PROGRAM, 'serve'], [...stdio()]);
      await until(async () => service.child.exitCode !== null || (await service.status()) === 200, 'the service');
      for (let n = 0; n < 20; n += 1) await service.log();
      expect([service.child.exitCode, await service.status()]).toEqual([null, 200]);
      service.child.kill('SIGTERM');
      expect(await within(service.ended, 20_000)).toBe(0);
    },
    60_000,
  );

  (hasTerminals ? test : test.skip)(
    'because its terminal was closed stops in good order',
    async () => {
      const words = ['python3', '-c', CLOSED_TERMINAL, process.execPath, PROGRAM, 'serve'];
      const { child, ended } = await start(words, ['ignore', 'pipe', 'inherit']);
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      expect(await within(ended, 40_000)).toBe(0);
      expect(printed).toBe('0\n');
    },
    60_000,
  );
});

const disk = await mountSmallDisk(1);
if (!disk) process.stderr.write('this process may not mount a file system: the end of a full disk is not tested\n');
(disk ? test : test.skip)(
  'a log goes on with whole lines once there is space again',
  async () => {
    const { folder = '', fill, free } = disk ?? {};
    const file = join(folder, 'log');
    const service = await start([process.execPath, PROGRAM, 'serve'], ['ignore', openSync(file, 'a'), 'inherit']);
    // What it prints at last is no line of the log, and must not be cut off.
    await until(async () => /^curl .*authorization.*\n$/m.test(await readFile(file, 'utf8')), 'the service');
    await fill?.();
    for (let n = 0; n < 100; n += 1) await service.log();
    expect(await service.status()).toBe(200);
    await free?.();
    await service.log();
    service.child.kill('SIGTERM');
    expect(await within(service.ended, 20_000)).toBe(0);
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('"level"'));
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.filter((message) => message === 'a sign-in failed').length).toBeGreaterThan(1);
    expect(messages).toContain('stopping');
  },
  60_000,
);
