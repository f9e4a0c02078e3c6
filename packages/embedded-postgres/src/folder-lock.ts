import { mkdir, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { randomBytes } from 'node:crypto';
import { hasCode } from './error-code.js';
import { FolderInUseError } from './embedded-postgres.error.js';
import { birthOf, stillRuns } from './process-identity.js';

const MAX_ATTEMPTS = 20;

/**
 * Makes this process the only owner of the folder, until it calls the returned function or ends.
 *
 * The lock is a directory with one file, named after its holder. Only the file of a dead holder is ever removed. Names
 * are unique, so the file of a living holder is never removed by mistake. A directory can be renamed onto an empty
 * directory, but not onto a non-empty one, so only one of several processes that saw the same dead holder gets the
 * lock.
 * @throws FolderInUseError a living process owns the folder
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, 'lock');
  const nonce = randomBytes(6).toString('hex');
  const holder = `${String(process.pid)}-${(await birthOf(process.pid)) ?? ''}-${nonce}`;
  const prepared = join(folder, `lock-${holder}`);
  await mkdir(prepared, { mode: 0o700 });
  try {
    await writeFile(join(prepared, holder), '', { flag: 'wx' });
    await claim(prepared, lock, folder);
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    throw error;
  }
  await removeAbandonedClaims(folder);
  return async () => {
    await ignoring(unlink(join(lock, holder)), 'ENOENT');
    await removeIfEmpty(lock);
  };
}

async function claim(prepared: string, lock: string, folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await removeDeadHolders(lock, folder);
    try {
      await rename(prepared, lock);
      return;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
    }
  }
}

async function removeDeadHolders(lock: string, folder: string): Promise<void> {
  const holders = (await ignoring(readdir(lock), 'ENOENT')) ?? [];
  for (const holder of holders) {
    if (await isAlive(holder)) throw new FolderInUseError(folder, pidOf(holder));
    await ignoring(unlink(join(lock, holder)), 'ENOENT');
  }
  // Windows cannot rename onto any directory, even an empty one.
  await removeIfEmpty(lock);
}

async function removeAbandonedClaims(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('lock-')) continue;
    if (!(await isAlive(name.slice('lock-'.length)))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const pid = pidOf(holder);
  return Number.isSafeInteger(pid) && pid > 0 && (await stillRuns(pid, holder.split('-')[1] ?? ''));
}

function pidOf(holder: string): number {
  return Number(holder.split('-')[0]);
}

async function removeIfEmpty(directory: string): Promise<void> {
  await ignoring(rmdir(directory), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM');
}

async function ignoring<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
