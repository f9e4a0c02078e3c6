import { readFile, writeFile } from 'node:fs/promises';
import { buildSchema } from '../src/subgraph.js';
import { envExample } from './env-example.js';

/** The files that are printed from the code. `--check` tells whether they are up to date and writes nothing. */
const files: Readonly<Record<string, string>> = {
  'schema.graphql': buildSchema().sdl,
  '.env.example': envExample(),
};

const checkOnly = process.argv.includes('--check');
for (const [file, wanted] of Object.entries(files)) {
  const path = new URL(`../${file}`, import.meta.url);
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === wanted) continue;
  if (checkOnly) {
    console.error(`${file} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  } else {
    await writeFile(path, wanted);
    console.log(`wrote ${file}`);
  }
}
