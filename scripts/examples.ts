import { readFileSync } from 'node:fs';

const MARKS = /(<!-- generated: example ([\w./-]+) -->)[\s\S]*?(<!-- end: example -->)/g;

/** Replaces every marked example in the page with its file in `examples/`, which the tests run. */
export function withExamples(page: string): string {
  return page.replace(MARKS, (_match, start: string, file: string, end: string) =>
    [start, '', '```ts', readExample(file).trimEnd(), '```', '', end].join('\n'),
  );
}

function readExample(file: string): string {
  return readFileSync(new URL(`../examples/${file}`, import.meta.url), 'utf8');
}
