import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** The broken relative links in the Markdown pages of a package, as `page: link`. */
export async function deadLinks(folder: string, files: readonly string[]): Promise<string[]> {
  const pages = files.filter((path) => path.endsWith('.md'));
  const dead = pages.map(async (page) => {
    const links = relativeLinks(await readFile(join(folder, page), 'utf8'));
    return links.filter((link) => !leadsToOneOf(files, page, link)).map((link) => `${page}: ${link}`);
  });
  return (await Promise.all(dead)).flat();
}

function relativeLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)"/gm)];
  return links.map(([, inline, reference, html]) => inline ?? reference ?? html ?? '').filter(isRelative);
}

function isRelative(link: string): boolean {
  return !/^([a-z][a-z+.-]*:|#|\/\/)/i.test(link);
}

function leadsToOneOf(files: readonly string[], page: string, link: string): boolean {
  const target = posix.join(posix.dirname(page), decodeURI(link.replace(/[#?].*$/, '')));
  return files.some((path) => path === target || path.startsWith(target.replace(/\/?$/, '/')));
}
