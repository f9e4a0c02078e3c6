import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pages.js';

/** A test file that a page names, with titles in it. */
interface NamedTest {
  readonly file: string;
  readonly titles: readonly string[];
}

/** The tests in a text: `file`, or `file`: `title`, `title`. */
export function namedTests(text: string): NamedTest[] {
  const unwrapped = text.replace(/\s+/g, ' ');
  return [...unwrapped.matchAll(/`(test\/[\w./-]+)`(?:: ((?:`[^`]+`(?:, (?!`test\/))?)+))?/g)].map(
    ([, file = '', titles = '']) => ({
      file,
      titles: [...titles.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title),
    }),
  );
}

/** What is named but does not exist. */
export function missingTests(text: string): string[] {
  return namedTests(text).flatMap(({ file, titles }) => {
    if (!file.endsWith('.test.ts') || !existsSync(join(ROOT, file))) return [file];
    const source = readFileSync(join(ROOT, file), 'utf8');
    const isMissing = (title: string): boolean =>
      !["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
    return titles.filter(isMissing).map((title) => `${file}: ${title}`);
  });
}
