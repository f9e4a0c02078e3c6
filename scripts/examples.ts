import { readFileSync } from 'node:fs';

const MARKS = /(<!-- generated: example ([\w.-]+)(?: (\w+))? -->)[\s\S]*?(<!-- end: example -->)/g;

/**
 * The text with every example between its marks read anew from the program, which the tests run: the whole file, or the
 * region that the mark names.
 */
export function withExamples(text: string, folder = 'subgraphs'): string {
  return text.replace(MARKS, (_match, start: string, file: string, region: string | undefined, end: string) =>
    [start, '', '```ts', readExample(`${folder}/${file}`, region), '```', '', end].join('\n'),
  );
}

function readExample(file: string, region: string | undefined): string {
  const source = readFileSync(new URL(`../examples/${file}`, import.meta.url), 'utf8');
  if (region === undefined) return source.trimEnd();
  const code = new RegExp(`// #region ${region}\\n([\\s\\S]*?)\\n// #endregion ${region}\\n`).exec(source)?.[1];
  if (code === undefined) throw new Error(`${file} has no region ${region}`);
  return code;
}
