import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

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
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    return entry.isFile() && type !== undefined ? [{ path, type }] : [];
  });
  return new Map(files.map((file) => [relative(folder, file.path).split(sep).join('/'), file]));
}
