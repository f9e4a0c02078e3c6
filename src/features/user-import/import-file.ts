import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { NothingFoundError } from '../../platform/commands/nothing-found.error.js';
import type { SourceIdentity } from './import-checkpoint.js';
import type { ImportSource } from './user-import.service.js';
import { readTextLines } from './text-lines.js';

/** Enough to tell files apart, and quick to read from the largest one. */
const SAMPLE_BYTES = 2 ** 20;
const CHUNK_BYTES = 2 ** 18;

/**
 * Opens a file of users.
 * @throws NothingFoundError there is no such file
 */
export async function openImportFile(path: string): Promise<ImportSource> {
  const identity = await identify(path);
  return {
    identity,
    read: (start) => readTextLines(createReadStream(path, { start, highWaterMark: CHUNK_BYTES }), start),
  };
}

/** The users that another program writes to standard input. */
export function openStandardInput(): ImportSource {
  return { identity: undefined, read: () => readTextLines(process.stdin, 0) };
}

async function identify(path: string): Promise<SourceIdentity> {
  const file = await openExisting(path);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256').update(`${String(size)}\n`);
    hash.update(await sampleOf(file, 0, size)).update(await sampleOf(file, Math.max(0, size - SAMPLE_BYTES), size));
    return { fingerprint: hash.digest(), size };
  } finally {
    await file.close();
  }
}

async function openExisting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NothingFoundError(`There is no file ${path}.`);
    throw error;
  }
}

async function sampleOf(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(SAMPLE_BYTES, size - position));
  const { bytesRead } = await file.read(buffer, { position });
  return buffer.subarray(0, bytesRead);
}
