import { lstat, readdir } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** The media types of the files that pages consist of. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export interface StaticFile {
  readonly path: string;
  readonly type: string;
}

/**
 * Lists the files in a folder that browsers may load, by their paths in URLs. What is not listed cannot be requested, so
 * that no path of a request reaches the file system.
 */
export async function listStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  // Yarn does not know the parents of entries in its archives.
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    const type = TYPES[extname(name)];
    if (type !== undefined && (await lstat(path)).isFile()) files.set(name.split(sep).join('/'), { path, type });
  }
  return files;
}
