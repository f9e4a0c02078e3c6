import { rmSync } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidInputError } from '../../core/errors/errors.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import { systemRandom } from '../../platform/random.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Writes a file that only its owner can read. It appears, or replaces an earlier one, when it is complete. Until then its
 * content is in a temporary file next to it, which a signal removes before it ends the process.
 * @throws InvalidInputError something other than a regular file has this path, or its folder does not exist
 * @throws StateConflictError the disk is full, for example
 */
export async function writePrivateFile<Result>(
  path: string,
  work: (write: (text: string) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  await requireRegularFile(path);
  const unfinished = `${path}.${systemRandom.bytes(6).toString('hex')}.unfinished`;
  const file = await open(unfinished, 'wx', 0o600).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw new InvalidInputError('output', `There is no folder ${dirname(path)}. Write a path in an existing folder.`);
  });
  const refuse = ({ code }: NodeJS.ErrnoException): never => {
    throw new StateConflictError('output', `${path} cannot be written (${String(code)}).`);
  };
  const stopWatching = removeOnSignal(unfinished);
  try {
    const result = await work((text) => file.appendFile(text).catch(refuse));
    await file.sync().catch(refuse);
    await rename(unfinished, path);
    return result;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    stopWatching();
    await file.close();
  }
}

/** Whether there is no file or folder at a path. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Anything else would be replaced, too: a pipe, a device, or a symbolic link such as `/dev/stdout`. */
async function requireRegularFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === false)
    throw new InvalidInputError('output', `${path} is not a regular file. Write the path of a new or a regular file.`);
}

function removeOnSignal(file: string): () => void {
  const end = (signal: NodeJS.Signals): void => {
    rmSync(file, { force: true });
    stop();
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return stop;
}
