import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { withExamples } from '../../scripts/examples.js';

const ROOT = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/verifier.md', ROOT), 'utf8');

test('the page on the verifier shows the code of every example as it runs', async () => {
  expect(withExamples(page)).toBe(page);
  const examples = (await readdir(new URL('examples/subgraphs', ROOT))).filter((file) => file.endsWith('.ts'));
  expect(examples.length).toBeGreaterThan(4);
  for (const file of examples) expect(page).toContain(`<!-- generated: example ${file} `);
});

test('the page on the verifier lists its options as they are, and no other', async () => {
  const source = await readFile(new URL('packages/verifier/src/verifier-options.ts', ROOT), 'utf8');
  const [, declared = ''] = /export interface TokenVerifierOptions \{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const options = [...declared.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const [, table = ''] = /\n\| Option .*\n([\s\S]*?)\n\n/.exec(page) ?? [];
  const listed = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
  expect(options.length).toBeGreaterThan(8);
  expect(listed.map(([, name]) => name).sort()).toEqual(options.sort());
});
