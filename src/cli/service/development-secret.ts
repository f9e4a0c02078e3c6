import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../../platform/options/config-error.js';
import type { Random } from '../../platform/random.js';

const SECRET_BYTES = 48;
/** A shorter text is what a full disk or a power cut has left of a secret: no service accepts it. */
const MIN_LENGTH = 32;

/**
 * Returns the signing secret for development: generated once, and stored in the data folder, readable by its owner
 * only.
 * @param hasDatabase whether the folder also holds the embedded database
 * @throws ConfigError the folder cannot be used
 */
export async function developmentSecret(dataFolder: string, random: Random, hasDatabase: boolean): Promise<string> {
  const file = join(dataFolder, 'jwt-secret');
  try {
    const firstCreated = await mkdir(dataFolder, { recursive: true });
    if (firstCreated !== undefined && hasDatabase) await letPostgresEnter(dataFolder, firstCreated);
    const stored = await read(file);
    if (stored === undefined || !isComplete(stored)) await create(file, stored === undefined, random);
    await chmod(file, 0o600);
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw fileError(
      'dataDir',
      'cannot hold the file jwt-secret',
      error,
      'make it a folder that this user may write to',
    );
  }
}

/** PostgreSQL never runs as root, so its user must be able to enter what root creates, whatever the umask. */
async function letPostgresEnter(folder: string, firstCreated: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (let path = folder; path.startsWith(firstCreated); path = dirname(path)) await chmod(path, 0o755);
}

/** Stores a secret that is complete when the file appears. */
async function create(file: string, isNew: boolean, random: Random): Promise<void> {
  const unfinished = `${file}.${random.bytes(6).toString('hex')}.unfinished`;
  try {
    const secret = random.bytes(SECRET_BYTES).toString('base64url');
    await writeFile(unfinished, secret, { flag: 'wx', mode: 0o600, flush: true });
    await (isNew ? link(unfinished, file) : rename(unfinished, file));
  } catch (error) {
    // If two services start at once, one creates the file and the other reads it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function isComplete(secret: string): boolean {
  return Buffer.byteLength(secret) >= MIN_LENGTH;
}
