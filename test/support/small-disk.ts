import { execFile } from 'node:child_process';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { folderOf } from './unprivileged.js';

const run = promisify(execFile);
const CHUNK = Buffer.alloc(64 * 1024);

export interface SmallDisk {
  readonly folder: string;
  /** Takes all the space that is left. */
  readonly fill: () => Promise<void>;
  /** Frees that space. */
  readonly free: () => Promise<void>;
}

const disks: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const remove of disks) await remove();
});

/** Mounts a file system in memory; returns `undefined` if this process may not. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = await folderOf(undefined, 'auth-subgraph-disk-');
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=0755`, 'tmpfs', folder]);
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
  disks.push(async () => {
    await run('umount', ['--lazy', folder]);
    await rm(folder, { recursive: true });
  });
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: async () => {
      await writeFile(filler, '');
      for (let hasSpace = true; hasSpace;)
        hasSpace = await appendFile(filler, CHUNK).then(
          () => true,
          () => false,
        );
    },
    free: () => rm(filler),
  };
}
