import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

function read(path: string): string {
  return readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
}

/** One line, since a page wraps its sentences anywhere. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const lines = read('promises.md')
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
    expect(unwrapped(read(page))).toContain(promise);
  });

  test('is kept by a test of that name', () => {
    expect(read(`../${file}`)).toContain(name);
  });
});
