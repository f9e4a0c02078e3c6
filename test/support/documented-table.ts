import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The rows of a table in the documentation, as cells by column header, with the backticks removed from code. */
export function documentedTable(name: string): Record<string, string>[] {
  const start = `<!-- generated: ${name} -->`;
  const [page, ...others] = pages().filter((text) => text.includes(start));
  if (page === undefined || others.length > 0) throw new Error(`there is not one page with ${start}`);
  const [, table = ''] = page.split(start);
  const [head = [], , ...rows] = (table.split('<!-- end:')[0] ?? '').trim().split('\n').map(cellsOf);
  if (rows.length === 0) throw new Error(`the table ${name} is empty`);
  return rows.map((cells) => Object.fromEntries(head.map((column, at) => [column, cells[at] ?? ''])));
}

function pages(): string[] {
  const files = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.md'),
  );
  return ['README.md', ...files.map((file) => `docs/${file}`)].map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));
}
