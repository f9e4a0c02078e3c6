import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Windows has no process groups that a signal could be sent to.
(process.platform === 'win32' ? test.skip : test)(
  'Ctrl-C stops `npm run dev` in good order',
  async () => {
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as { scripts: { dev: string } };
    const [program, ...words] = scripts.dev.split(' ');
    expect(program).toBe('node');
    const child = spawn(process.execPath, words, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], PORT: '0', DATABASE_URL: database.url, JWT_SECRET: TEST_SECRET },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, 'close');
    const group = -(child.pid ?? 0);
    try {
      await until(() => output.includes('listening on http'), 'the service to start from its sources');
      // A terminal sends the signal to the whole group.
      process.kill(group, 'SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(output).toContain('"signal":"SIGINT","msg":"stopping"');
      expect(output).not.toContain('second SIGINT');
    } finally {
      if (child.exitCode === null) process.kill(group, 'SIGTERM');
      await ended;
    }
  },
  90_000,
);
