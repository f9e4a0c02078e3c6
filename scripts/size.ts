import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What each entry may add to a page, in kilobytes, minified and compressed. */
const BUDGET: Readonly<Record<string, number>> = {
  'client/src/index.ts': 5.9,
  'client/src/react.ts': 2.5,
  'client/src/apollo.ts': 0.8,
  'client/src/urql.ts': 0.8,
  // With every screen and all languages; a bundle has only those that are used.
  'ui/src/index.ts': 19,
  'ui/styles.css': 3,
};
const LIBRARIES = [
  'graphql',
  '@apollo/client',
  'rxjs',
  '@urql/*',
  'react',
  'react/*',
  '@tanstack/*',
  '@auth-subgraph/*',
];

async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}packages/${entry}`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    external: LIBRARIES,
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1000;
}

for (const [entry, budget] of Object.entries(BUDGET)) {
  const size = await sizeOf(entry);
  const name = `@auth-subgraph/${entry.replace(/\/src(\/index)?|\.ts$/g, '')}`;
  console.log(`${name.padEnd(30)} ${size.toFixed(2)} kB of ${budget.toFixed(1)} kB`);
  if (size > budget) process.exitCode = 1;
}
