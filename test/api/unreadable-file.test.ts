import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readEnvFile } from '../../src/config/env-file.js';
import { changeRing, readRing } from '../../src/cli/keys/key-ring-file.js';
import { readKeysFile } from '../../src/cli/service/keys-file.js';

const NOBODY = 65534;

/** Does something as a user who may not read the files of this one. */
async function unprivileged<Result>(work: () => Promise<Result>): Promise<Result> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test.each<[string, (file: string) => unknown]>([
  ['.env', readEnvFile],
  ['the keys of the service', readKeysFile],
  ['the keys that a command changes', readRing],
])('a file that this user may not read is named, with what to do: %s', async (_name, read) => {
  const folder = await mkdtemp(join(tmpdir(), 'unreadable-'));
  const file = join(folder, 'file');
  await writeFile(file, '', { mode: 0o000 });
  const failure = await unprivileged(async () => {
    try {
      return await read(file);
    } catch (error) {
      return error;
    }
  });
  await rm(folder, { recursive: true });
  expect(String(failure)).toMatch(/ cannot be read \(EACCES\); let this user read it$/);
});

test('a file of keys in a folder that this user may not write to is named, with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unwritable-'));
  const file = join(folder, 'keys.json');
  await writeFile(file, '{"keys":[]}');
  await chmod(folder, 0o555);
  const failure = await unprivileged(() => changeRing(file, (ring) => ring).catch((error: unknown) => error));
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true });
  expect(String(failure)).toMatch(
    / is in a folder that cannot be written to \(EACCES\); set the path of another file$/,
  );
});
