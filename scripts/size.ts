import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What each entry of the client may add to a page, in kilobytes, minified and compressed. */
const BUDGET: Readonly<Record<string, number>> = { index: 5, react: 2.5, apollo: 0.8, urql: 0.8 };
const LIBRARIES = ['graphql', '@apollo/client', 'rxjs', '@urql/*', 'react', '@tanstack/*'];

async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}packages/client/src/${entry}.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: LIBRARIES,
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1000;
}

for (const [entry, budget] of Object.entries(BUDGET)) {
  const size = await sizeOf(entry);
  const name = `@auth-subgraph/client${entry === 'index' ? '' : `/${entry}`}`;
  console.log(`${name.padEnd(30)} ${size.toFixed(2)} kB of ${budget.toFixed(1)} kB`);
  if (size > budget) process.exitCode = 1;
}
