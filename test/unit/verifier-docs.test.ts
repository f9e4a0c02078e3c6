import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { blocksIn, ROOT, rowsUnder } from '../support/pages.js';

test.each(['subgraphs', 'own-server'])('the pages show every program of examples/%s as it runs', async (folder) => {
  const shown = new Map(
    blocksIn('ts').flatMap(({ example, code }) => (example?.startsWith(`${folder}/`) ? [[example, code]] : [])),
  );
  const examples = (await readdir(`${ROOT}examples/${folder}`)).filter((file) => file.endsWith('.ts'));
  expect(examples.length).toBeGreaterThan(3);
  expect([...shown.keys()].sort()).toEqual(examples.map((file) => `${folder}/${file}`).sort());
  for (const [example, code] of shown) expect(code).toBe(await readFile(`${ROOT}examples/${example}`, 'utf8'));
});

test('the page on the verifier lists exactly its options', async () => {
  const source = await readFile(`${ROOT}packages/verifier/src/verifier-options.ts`, 'utf8');
  const [, declared = ''] = /export interface TokenVerifierOptions \{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const options = [...declared.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const rows = rowsUnder('docs/guides/verifier.md', 'Option|Default|Meaning');
  const listed = rows.flatMap(([option = '']) => [...option.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(options.length).toBeGreaterThan(8);
  expect(listed.sort()).toEqual(options.sort());
});
