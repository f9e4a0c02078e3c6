import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Takes the pictures of the README with the test of the path that they show. */
export async function takeNewcomerPictures(folder: string): Promise<void> {
  const words = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'test/e2e/newcomer.test.ts'];
  const env = { ...process.env, SCREENSHOTS_FOLDER: folder };
  await promisify(execFile)(process.execPath, words, { cwd: ROOT, env });
}
