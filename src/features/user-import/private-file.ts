import { open, rename, rm } from 'node:fs/promises';

/** Writes a file that only its owner can read. It appears, or replaces an earlier one, when it is complete. */
export async function writePrivateFile<Result>(
  path: string,
  work: (write: (text: string) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    const result = await work((text) => file.appendFile(text));
    await file.sync();
    await rename(unfinished, path);
    return result;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
