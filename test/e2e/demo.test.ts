import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { startService } from '../support/service-process.js';
import { until } from '../support/until.js';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

const FIND = `query ($id: ID!) { adminUser(id: $id) { ... on AuthUserRecord { email status } } }`;

test('the demo has a user and an operator, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const demo = await startService(
    { TMPDIR: folder, DATABASE_URL: 'postgres://127.0.0.1:1/not-used' },
    undefined,
    'demo',
  );
  const [, user = ''] = /user@example\.com +(\S+)/.exec(demo.output()) ?? [];
  const [, operator = ''] = /operator@example\.com +(\S+)/.exec(demo.output()) ?? [];
  const [, data = ''] = /Its data is in (\S+)/.exec(demo.output()) ?? [];
  expect([existsSync(data), (await readdir(folder)).length]).toEqual([true, 1]);
  const signedIn = await demo.login({ email: 'user@example.com', password: user });
  const boss = await demo.login({ email: 'operator@example.com', password: operator });
  const { data: found } = await demo.request(FIND, { id: signedIn.userId }, { token: boss.accessToken });
  expect(found).toEqual({ adminUser: { email: 'user@example.com', status: 'ACTIVE' } });
  const refused = await demo.request(FIND, { id: signedIn.userId }, { token: signedIn.accessToken });
  expect(refused.errors[0]?.extensions.code).toBe('FORBIDDEN');
  const pages = await Promise.all(['/', '/account/sign-up'].map((path) => fetch(new URL(path, demo.url))));
  expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  // npm repeats the signal of the terminal.
  void demo.stop('SIGINT');
  await delay(1);
  expect(await demo.stop('SIGINT')).toBe(0);
  expect([existsSync(data), await readdir(folder)]).toEqual([false, []]);
  await rm(folder, { recursive: true });
});

test('the demo prints its addresses and users as one JSON document on request', async () => {
  const demo = await startService({}, undefined, 'demo --json');
  const [document = '', ...others] = demo.output('stdout').trimEnd().split('\n');
  const { url, pages, users } = JSON.parse(document) as { url: string; pages: unknown[]; users: Credentials[] };
  expect(others.map((line) => Object.keys(JSON.parse(line) as object))).toEqual(others.map(() => ['message']));
  expect(url.replace('localhost', '127.0.0.1')).toBe(demo.url);
  expect(pages).toContainEqual({ title: 'Explorer', url: url.replace('graphql', '') });
  expect(users.map(({ email }) => email)).toEqual(['user@example.com', 'operator@example.com']);
  for (const { email, password } of users) await demo.login({ email, password });
  expect(await demo.stop()).toBe(0);
});

test.each([
  ['a closed terminal', 'SIGHUP', 129],
  ['Ctrl-C', 'SIGINT', 130],
  ['the end of its container', 'SIGTERM', 143],
] as const)('%s during the start ends the demo quietly, and it leaves nothing behind', async (_case, signal, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const env = { PATH: process.env['PATH'], TMPDIR: folder, PORT: '0', PASSWORD_SALT_ROUNDS: '4', LOG_LEVEL: 'error' };
  const demo = spawn(process.execPath, [program, 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: string[] = [];
  for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (text: Buffer) => printed.push(text.toString()));
  const ended = once(demo, 'close');
  const hasBegun = async (): Promise<boolean> => (await readdir(folder, { recursive: true })).length > 1;
  await until(async () => ((await hasBegun()) ? true : undefined), 'the data folder');
  demo.kill(signal);
  expect([await ended, printed, await readdir(folder)]).toEqual([[code, null], [], []]);
  await rm(folder, { recursive: true });
});
