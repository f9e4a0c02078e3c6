import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { ROOT } from './pages.js';

/** The arguments of the Node.js program that a README has its reader run. The tests have built the service already. */
export async function exampleOfReadme(path: string): Promise<string[]> {
  const name = /npm run (\S+)/.exec(await readFile(join(ROOT, path), 'utf8'))?.[1] ?? '';
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [build, run = ''] = scripts[name]?.split(' && ') ?? [];
  expect(build).toBe('npm run build --silent');
  const [program, ...words] = run.split(' ');
  expect(program).toBe('node');
  return words;
}
