import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

const SEPARATOR = `\n\n${'-'.repeat(80)}\n\n`;

/** The licence texts of the packages in the folders, which copies must include. */
export async function noticesOf(root: string, folders: readonly string[]): Promise<string> {
  const mit = await readFile(join(root, 'LICENSE'), 'utf8');
  const notices = folders.map(async (folder) => noticeOf(join(root, folder), mit));
  return `${(await Promise.all(notices)).join(SEPARATOR)}\n`;
}

async function noticeOf(folder: string, mit: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const files = await readdir(folder);
  const licences = files.filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const readme = files.find((file) => /^readme/i.test(file));
  const texts = await Promise.all(licences.map(async (file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0)
    texts.push(termsIn(readme && (await readFile(join(folder, readme), 'utf8'))) ?? standardTerms(manifest, mit));
  return [`${manifest.name} ${manifest.version} (${manifest.license ?? ''})`, ...texts].join('\n\n');
}

/** The licence section at the end of a readme. */
function termsIn(readme = ''): string | undefined {
  const [, section] = /^#+ licen[cs]e\s*\n([^]*permission is hereby granted[^]*)/im.exec(readme) ?? [];
  return section;
}

/** The text of the MIT licence for a package that names the licence but does not contain its text. */
function standardTerms({ name, license, author }: Manifest, mit: string): string {
  if (license !== 'MIT') throw new Error(`${name} contains no text of its licence, ${license ?? 'which is unknown'}`);
  const holder = typeof author === 'object' ? author.name : author?.replace(/ <.*/, '');
  return mit.replace(/^Copyright .*$/m, `Copyright (c) ${holder ?? `the authors of ${name}`}`);
}
