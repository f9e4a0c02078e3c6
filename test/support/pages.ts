import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of code on a page. */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The file below `examples/` that it shows. */
  readonly example: string | undefined;
  /** The reason in the preceding `<!-- not run: … -->`. */
  readonly notRun: string | undefined;
}

/** The Markdown files that people read, from the root of the repository. */
export function pages(): string[] {
  const exclude = (path: string): boolean => /node_modules|^\.(?!github)|^dist|\.changeset/.test(path);
  return globSync(['*.md', '{docs,examples,packages,.github}/**/*.md'], { cwd: ROOT, exclude }).sort();
}

export function readPage(page: string): string {
  return readFileSync(`${ROOT}${page}`, 'utf8');
}

/** The text of a page on one line, to find a sentence wherever its lines break. */
export function readProse(page: string): string {
  return readPage(page).replaceAll(/\s+/g, ' ');
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
const COMMENT = /<!-- ((?:(?!-->)[\s\S])*) -->\s*$/;

/** The blocks of a page, in order. */
export function blocksOf(page: string, language?: string): CodeBlock[] {
  const text = readPage(page);
  const blocks = [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: name = '', 3: code = '' }) => {
    const before = COMMENT.exec(text.slice(0, index))?.[1] ?? '';
    return {
      page,
      line: text.slice(0, index).split('\n').length,
      language: name,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      example: /^generated: example (\S+)$/.exec(before)?.[1],
      notRun: /^not run: ([\s\S]*)$/.exec(before)?.[1],
    };
  });
  return language === undefined ? blocks : blocks.filter((block) => block.language === language);
}

/** Every block of a language, except those that their page excludes with a reason. */
export function blocksIn(language: string): CodeBlock[] {
  return pages()
    .flatMap((page) => blocksOf(page, language))
    .filter(({ notRun }) => notRun === undefined);
}

/** The rows below the header of a table, as cells. */
export function rowsUnder(page: string, head: string): string[][] {
  const lines = readPage(page).split('\n');
  const start = lines.findIndex((line) => cellsOf(line).join('|') === head);
  if (start < 0) throw new Error(`${page} has no table ${head}`);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start + 2, end < 0 ? undefined : end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
