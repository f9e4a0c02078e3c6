import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { developmentSecret } from '../../src/cli/service/development-secret.js';
import { systemRandom } from '../../src/platform/random.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'development-secret-'));
});
afterEach(() => rm(folder, { recursive: true }));

const secret = (): Promise<string> => developmentSecret(folder, systemRandom, false);

test('services that start at once share one secret, which only its owner can read', async () => {
  const secrets = await Promise.all(Array.from({ length: 10 }, secret));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toHaveLength(64);
  expect(await secret()).toBe(secrets[0]);
  expect(await readdir(folder)).toEqual(['jwt-secret']);
  expect((await stat(join(folder, 'jwt-secret'))).mode & 0o777).toBe(0o600);
});

test.each(['', '\n', 'half of a sec'])('an unfinished file is replaced: %j', async (content) => {
  await writeFile(join(folder, 'jwt-secret'), content);
  const generated = await secret();
  expect(generated).toHaveLength(64);
  expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).toBe(generated);
  expect(await secret()).toBe(generated);
  expect(await readdir(folder)).toEqual(['jwt-secret']);
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('The test of folders that root creates is skipped: it must run as root.\n');

(isRoot ? test : test.skip)(
  'the user of PostgreSQL may enter folders that root creates with a strict umask',
  async () => {
    const before = process.umask(0o077);
    try {
      const inner = join(folder, 'new', 'data');
      await developmentSecret(inner, systemRandom, true);
      for (const path of [dirname(inner), inner]) expect((await stat(path)).mode & 0o777).toBe(0o755);
      expect((await stat(join(inner, 'jwt-secret'))).mode & 0o777).toBe(0o600);
      const alone = join(folder, 'alone');
      await developmentSecret(alone, systemRandom, false);
      expect((await stat(alone)).mode & 0o777).toBe(0o700);
      // An existing folder keeps its mode.
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  },
);
