import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { cliReference } from './cli-reference.js';
import { envExample } from './env-example.js';
import { withExamples } from './examples.js';
import { withGatewayConfigs } from './gateway-configs.js';
import { withTables } from './tables.js';
import { buildSchema } from '../src/subgraph.js';

const root = new URL('../', import.meta.url);
const readRootFile = async (file: string): Promise<string> => readFile(new URL(file, root), 'utf8').catch(() => '');

/** The files that are printed from the code, wholly or in part. `--check` tells whether they are up to date. */
const files: Readonly<Record<string, string>> = {
  'schema.graphql': buildSchema().sdl,
  '.env.example': envExample(),
  'README.md': await withFormattedTables('README.md'),
  'docs/events.md': await withFormattedTables('docs/events.md'),
  'docs/federation.md': withGatewayConfigs(await readRootFile('docs/federation.md')),
  'docs/guides/own-server.md': withExamples(await readRootFile('docs/guides/own-server.md'), 'own-server'),
  'docs/reference/cli.md': await formatted('docs/reference/cli.md', cliReference()),
  'docs/verifier.md': withExamples(await readRootFile('docs/verifier.md')),
};

async function withFormattedTables(file: string): Promise<string> {
  return formatted(file, withTables(await readRootFile(file)));
}

async function formatted(file: string, text: string): Promise<string> {
  const options = await resolveConfig(new URL(file, root));
  return format(text, { ...options, parser: 'markdown' });
}

const checkOnly = process.argv.includes('--check');
for (const [file, wanted] of Object.entries(files)) {
  if ((await readRootFile(file)) === wanted) continue;
  if (checkOnly) {
    console.error(`${file} is stale: run \`npm run generate\``);
    process.exitCode = 1;
  } else {
    await writeFile(new URL(file, root), wanted);
    console.log(`wrote ${file}`);
  }
}
