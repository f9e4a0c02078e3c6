import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InvalidInputError } from '../../core/errors/errors.js';
import { NothingFoundError } from '../../platform/commands/nothing-found.error.js';
import { isMissing } from './private-file.js';
import type { SourceIdentity } from './import-checkpoint.js';
import type { ImportSource } from './user-import.service.js';
import { readTextLines } from './text-lines.js';

const CHUNK_BYTES = 2 ** 18;

/**
 * Opens a file of users. A pipe is read once, like standard input.
 * @throws NothingFoundError there is no such file
 * @throws InvalidInputError it is a folder
 */
export async function openImportFile(path: string): Promise<ImportSource> {
  if (!(await isRegularFile(path))) return streamOf(() => createReadStream(path, { highWaterMark: CHUNK_BYTES }));
  return {
    identity: await identify(path),
    read: (start) => readTextLines(createReadStream(path, { start, highWaterMark: CHUNK_BYTES }), start),
  };
}

/** The users that another program writes to standard input. */
export function openStandardInput(): ImportSource {
  return streamOf(() => process.stdin);
}

function streamOf(open: () => AsyncIterable<Buffer>): ImportSource {
  return { identity: undefined, read: () => readTextLines(open(), 0) };
}

async function isRegularFile(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) throw new NothingFoundError(`There is no file ${path}.`);
    throw error;
  });
  if (found.isDirectory()) throw new InvalidInputError('file', `${path} is a folder. Write the path of a file.`);
  return found.isFile();
}

/** Reads the whole file: a change of one byte makes it another one. */
async function identify(path: string): Promise<SourceIdentity> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { fingerprint: hash.digest(), size };
}
