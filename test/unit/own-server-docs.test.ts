import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { withExamples } from '../../scripts/examples.js';

const ROOT = new URL('../../', import.meta.url);

test('the guide to your own server shows every program as it runs', async () => {
  const page = await readFile(new URL('docs/guides/own-server.md', ROOT), 'utf8');
  expect(withExamples(page, 'own-server')).toBe(page);
  const programs = (await readdir(new URL('examples/own-server', ROOT))).filter((file) => file.endsWith('.ts'));
  expect(programs.length).toBeGreaterThan(3);
  for (const file of programs) expect(page).toContain(`<!-- generated: example ${file} -->`);
});
