import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { showsPages } from '../../../config/browser-rules.js';
import type { ServiceSettings } from '../../../config/service-settings.js';
import { readError } from '../../../platform/options/config-error.js';
import { listStaticFiles, type StaticFile } from '../static-files.js';
import type { PageFiles } from './page-document.js';

/** The built files of the pages, and the theme of the application. */
export interface PageBundle {
  readonly files: PageFiles;
  readonly assets: ReadonlyMap<string, StaticFile>;
}

/**
 * Finds the built files of the pages. Returns `undefined` if there are no pages, or if they have not been built.
 * @throws ConfigError the theme cannot be read
 */
export async function findShownPages(settings: ServiceSettings, folder: string): Promise<PageBundle | undefined> {
  const { theme } = settings.pages;
  return showsPages(settings) ? findPageBundle(folder, theme && resolve(theme)) : undefined;
}

async function findPageBundle(folder: string, theme: string | undefined): Promise<PageBundle | undefined> {
  const assets = new Map(await listStaticFiles(folder).catch(() => []));
  const names = [...assets.keys()];
  const script = names.find((name) => /^main-\w+\.js$/.test(name));
  const style = names.find((name) => /^main-\w+\.css$/.test(name));
  if (script === undefined || style === undefined) return undefined;
  if (theme === undefined) return { files: { script, styles: [style] }, assets };
  const themeName = `theme-${await hashOfTheme(theme)}.css`;
  assets.set(themeName, { path: theme, type: 'text/css; charset=utf-8' });
  return { files: { script, styles: [style, themeName] }, assets };
}

/** Browsers keep a file forever, so its name changes with its content. */
async function hashOfTheme(theme: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(theme))
      .digest('hex')
      .slice(0, 16);
  } catch (error) {
    throw readError('pages.theme', error, 'write the path of a CSS file, or remove it');
  }
}
