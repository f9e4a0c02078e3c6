import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('each entry of the client and of the screens is within its budget', async () => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { size: string } };
  const [, ...words] = manifest.scripts.size.split(' ');
  // Fails with the sizes if one is over its budget.
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(stdout.match(/kB of/g)).toHaveLength(6);
});
