import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledFolders } from './dependencies/bundled-folders.js';
import { noticesOf } from './dependencies/notices.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Bundles the pages of the service from the sources of its packages, into files whose names change with their content. */
export async function bundlePages(folder: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['packages/pages/src/main.tsx'],
    tsconfig: 'packages/pages/tsconfig.json',
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
  });
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await noticesOf(ROOT, bundledFolders(metafile)));
}
