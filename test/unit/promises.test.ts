import { describe, expect, test } from '@jest/globals';
import { readPage, readProse } from '../support/pages.js';

const lines = readPage('docs/promises.md')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2);
const rows = lines.map((line) => {
  const [, promise = '', page = '', file = '', name = ''] =
    /^\| (.+?) +\| \[.+?\]\((.+?)\) +\| `(test\/[\w./-]+)`: `(.+?)` +\|$/.exec(line) ?? [];
  return { promise, page, file, name };
});

test('every row of the promises table can be parsed', () => {
  expect(rows.length).toBeGreaterThan(15);
  for (const { name } of rows) expect(name).not.toBe('');
});

describe.each(rows)('$promise', ({ promise, page, file, name }) => {
  test('is on the linked page', () => {
    expect(readProse(`docs/${page}`)).toContain(promise);
  });

  test('is kept by a test of that name', () => {
    expect(readPage(file)).toContain(name);
  });
});
