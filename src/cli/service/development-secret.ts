import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../platform/random.js';

/**
 * Returns the signing secret for development: generated once, and stored in the data folder, readable by its owner
 * only.
 */
export async function developmentSecret(dataFolder: string, random: Random): Promise<string> {
  const file = join(dataFolder, 'jwt-secret');
  await mkdir(dataFolder, { recursive: true });
  try {
    // If two services start at once, one creates the file and the other reads it.
    await writeFile(file, random.bytes(48).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await chmod(file, 0o600);
  }
  return (await readFile(file, 'utf8')).trim();
}
