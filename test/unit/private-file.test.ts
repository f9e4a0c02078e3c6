import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { InvalidInputError } from '../../src/core/errors/errors.js';
import { writePrivateFile } from '../../src/features/user-import/private-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-private-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('a new file is written, and replaces an earlier one', async () => {
  const path = join(folder, 'users.jsonl');
  for (const text of ['first', 'second']) {
    await writePrivateFile(path, (write) => write(text));
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
  }
});

test.each([
  ['a symbolic link', async (path: string) => symlink('target', path)],
  [
    'a symbolic link to a file',
    async (path: string) => {
      await writeFile(`${path}.linked`, '');
      await symlink(`${path}.linked`, path);
    },
  ],
  ['a named pipe', (path: string) => Promise.resolve(execFileSync('sh', ['-c', 'mkfifo "$0"', path]))],
  ['a folder', async (path: string) => mkdir(path)],
])('%s is refused and stays', async (name, create) => {
  const path = join(folder, name.replaceAll(' ', '-'));
  await create(path);
  const files = await readdir(folder);
  const { ino } = await lstat(path);
  let begun = false;
  const writing = writePrivateFile(path, async (write) => {
    begun = true;
    await write('secret');
  });
  await expect(writing).rejects.toThrow(InvalidInputError);
  await expect(writing).rejects.toMatchObject({ field: 'output', message: expect.stringContaining('a regular file') });
  expect({ begun, files: await readdir(folder), ino: (await lstat(path)).ino }).toEqual({ begun: false, files, ino });
});
