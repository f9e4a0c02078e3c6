import { readFileSync } from 'node:fs';

const MARKS = /(<!-- generated: example ([\w.-]+) (\w+) -->)[\s\S]*?(<!-- end: example -->)/g;

/** The text with every part of an example between its marks read anew from the program, which the tests run. */
export function withExamples(text: string): string {
  return text.replace(MARKS, (_match, start: string, file: string, region: string, end: string) =>
    [start, '', '```ts', readRegion(file, region), '```', '', end].join('\n'),
  );
}

function readRegion(file: string, region: string): string {
  const source = readFileSync(new URL(`../examples/subgraphs/${file}`, import.meta.url), 'utf8');
  const code = new RegExp(`// #region ${region}\\n([\\s\\S]*?)\\n// #endregion ${region}\\n`).exec(source)?.[1];
  if (code === undefined) throw new Error(`${file} has no region ${region}`);
  return code;
}
