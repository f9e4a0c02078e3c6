import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { exampleOfReadme } from '../support/example-of-readme.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE_DATA = join(ROOT, 'examples/supergraph/.data');

/** Sends what a printed curl command sends. */
async function paste(command: string, token: string): Promise<unknown> {
  return post(command, / -d '(.*)'$/.exec(command)?.[1] ?? '', token);
}

/** Sends a body to where a printed curl command goes. */
async function post(command: string, body: string, token: string): Promise<unknown> {
  const url = /(http:\S+)/.exec(command)?.[1] ?? '';
  const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) };
  return (await fetch(url, { method: 'POST', headers, body })).json();
}

test('the example starts, its printed operations work, and it leaves nothing behind', async () => {
  // The configuration of the gateway imports from the gateway, so it lies where that is found.
  await mkdir(EXAMPLE_DATA, { recursive: true });
  const folder = await mkdtemp(join(EXAMPLE_DATA, 'test-'));
  // PostgreSQL does not run as root, and its user has to come in here too.
  await chmod(folder, 0o755);
  const child = spawn(process.execPath, await exampleOfReadme('examples/supergraph/README.md'), {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATA_DIR: folder, PORT: String(await freePort()) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  try {
    const commands = await until(
      () => (child.exitCode === null ? threeIn(output) : Promise.reject(new Error(output))),
      'the operations of the example',
      60_000,
    );
    const [register = '', createPost = '', read = ''] = commands;
    for (const command of [createPost, read]) expect(command).toContain(`-H 'authorization: Bearer <accessToken>'`);
    const registered = (await paste(register, '')) as { data: { register: { tokens: { accessToken: string } } } };
    const token = registered.data.register.tokens.accessToken;
    const title = 'Notes on the Analytical Engine';
    expect(await paste(createPost, token)).toMatchObject({ data: { createPost: { author: { firstName: 'Ada' } } } });
    expect(await paste(read, token)).toEqual({
      data: {
        me: { id: expect.any(String), email: 'ada@example.com', posts: [{ title }] },
        posts: [{ title, author: { firstName: 'Ada' } }],
      },
    });
    await until(() => output.includes('Email to ada@example.com'), 'the email in the terminal');
    await post(register, '{"query":"mutation { logout { __typename } }"}', token);
    await until(async () => {
      const answer = await paste(createPost, token);
      return JSON.stringify(answer).includes('SESSION_ENDED');
    }, 'the neighbour to hear that the session has ended');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(output).not.toContain('unexpected error');
    for (const [url] of output.matchAll(/http:\/\/[\w.]+:\d+\//g))
      await expect(fetch(url)).rejects.toThrow('fetch failed');
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
});

function threeIn(output: string): string[] | undefined {
  const commands = output.match(/^curl .+$/gm) ?? [];
  return commands.length === 3 && output.endsWith('\n') ? commands : undefined;
}
