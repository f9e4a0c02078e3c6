import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readPage, ROOT } from '../support/pages.js';

test('the floor plan names every feature', () => {
  const [, plan = ''] =
    /with its GraphQL types, resolver, service and SQL:([^]*?)\n {2}core\//.exec(readPage('docs/architecture.md')) ??
    [];
  const folders = readdirSync(join(ROOT, 'src/features'), { withFileTypes: true }).filter((each) => each.isDirectory());
  expect(plan.match(/[a-z-]+/g)?.sort()).toEqual(folders.map(({ name }) => name).sort());
});
