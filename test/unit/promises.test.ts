import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** One line, since a page wraps its sentences anywhere. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const rows = [...read('docs/promises.md').matchAll(/^\| (.+?) +\| `(test\/[\w./-]+)`: `(.+?)` +\|$/gm)].map(
  ([, promise = '', file = '', name = '']) => ({ promise, file, name }),
);
const readme = unwrapped(read('README.md'));

test('the page of promises has rows', () => {
  expect(rows.length).toBeGreaterThan(15);
});

describe.each(rows)('$promise', ({ promise, file, name }) => {
  test('is in the README', () => {
    expect(readme).toContain(promise);
  });

  test('is kept by a test of that name', () => {
    expect(read(file)).toContain(name);
  });
});
