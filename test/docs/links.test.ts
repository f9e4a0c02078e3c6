import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pages, readPage, ROOT } from '../support/pages.js';

const REPOSITORY = /^https:\/\/github\.com\/auth-subgraph\/auth-subgraph\/(?:blob|tree)\/main\//;

interface Link {
  readonly target: string;
  /** From the root of the repository; empty for the page itself. */
  readonly path: string;
  readonly anchor: string | undefined;
  readonly isRelative: boolean;
}

/** The links of a page into this repository. */
function linksOf(page: string): Link[] {
  const text = readPage(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    const isRelative = !/^(https?:|mailto:)/.test(target);
    if (!isRelative && !REPOSITORY.test(target)) return [];
    const [path = '', anchor] = target.replace(REPOSITORY, '').split('#');
    const from = isRelative && path !== '' ? normalize(join(dirname(page), path)) : path;
    return [{ target, path: from === '' ? page : from, anchor, isRelative }];
  });
}

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('there are pages with links', () => {
  expect(pages().length).toBeGreaterThan(30);
  expect(pages().flatMap(linksOf).length).toBeGreaterThan(100);
});

describe.each(pages())('%s', (page) => {
  test('links only to files and headings that exist', () => {
    const dead = linksOf(page).filter(({ path, anchor }) => {
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
    });
    expect(dead.map(({ target }) => target)).toEqual([]);
  });
});

/** The files that a package would publish, from the root of the repository. */
function published(folder: string): string[] {
  const pack = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(pack) as [{ files: { path: string }[] }];
  return files.map(({ path }) => normalize(join(folder, path)));
}

test.each(['.', 'packages/verifier', 'packages/embedded-postgres'])(
  'every relative link of a page in the package %s leads to a file of the package',
  (folder) => {
    const files = published(folder);
    const dead = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((page) => linksOf(page).map((link) => ({ page, ...link })))
      .filter(({ isRelative }) => isRelative)
      .filter(({ path }) => !files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)));
    expect(dead.map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
  },
);
