import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ROOT, rowsUnder } from '../support/pages.js';

test('the guide lists exactly the options of the client', async () => {
  const source = await readFile(`${ROOT}packages/client/src/core/auth-client.types.ts`, 'utf8');
  const [, declared = ''] = /export interface AuthClientOptions \{\n([\s\S]*?)\n\}/.exec(source) ?? [];
  const options = [...declared.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => `\`${name ?? ''}\``);
  const listed = rowsUnder('docs/guides/client.md', 'Option|Default|Meaning').map(([option]) => option);
  expect(options.length).toBe(6);
  expect(listed).toEqual(options);
});

test('the guide and the README list exactly the entries of the package', async () => {
  const manifest = JSON.parse(await readFile(`${ROOT}packages/client/package.json`, 'utf8')) as { exports: object };
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  const names = entries.map((entry) => `@auth-subgraph/client${entry.slice(1)}`).sort();
  const guide = rowsUnder('docs/guides/client.md', 'Import from|Purpose|Section').map(([entry = '']) =>
    entry.slice(2, -2),
  );
  const readme = rowsUnder('packages/client/README.md', 'Import from|For').map(([entry = '']) => entry.slice(1, -1));
  expect(guide.sort()).toEqual(names);
  expect(readme.sort()).toEqual(names);
});
