import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { authOptionsModule } from './auth-options.js';
import { cliReference } from './cli-reference.js';
import { clientModules } from './client-documents.js';
import { envExample } from './env-example.js';
import { withExamples } from './examples.js';
import { withGatewayConfigs } from './gateway-configs.js';
import { withTables } from './tables.js';
import { buildSchema } from '../src/subgraph.js';

const root = new URL('../', import.meta.url);
const readRootFile = async (file: string): Promise<string> => readFile(new URL(file, root), 'utf8').catch(() => '');

const { sdl } = buildSchema();

/** The files that are generated from the code, wholly or in part. `--check` reports whether they are up to date. */
const files: Readonly<Record<string, string>> = {
  'schema.graphql': sdl,
  'docs/schema.admin.graphql': buildSchema({ admin: { schema: 'included' } }).sdl,
  '.env.example': envExample(),
  'src/config/auth-options.ts': await formatted('src/config/auth-options.ts', authOptionsModule(), 'typescript'),
  'docs/guides/gateways.md': withGatewayConfigs(await readRootFile('docs/guides/gateways.md')),
  ...(await withExamplesIn('own-server', 'verifier', 'verifier-type-graphql', 'verifier-nestjs', 'verifier-pothos')),
  'docs/reference/configuration.md': await withFormattedTables('docs/reference/configuration.md'),
  'docs/reference/email-templates.md': await withFormattedTables('docs/reference/email-templates.md'),
  'docs/reference/errors.md': await withFormattedTables('docs/reference/errors.md'),
  'docs/reference/events.md': await withFormattedTables('docs/reference/events.md'),
  'docs/guides/ui.md': await withFormattedTables('docs/guides/ui.md'),
  'docs/reference/cli.md': await formatted('docs/reference/cli.md', cliReference()),
  ...(await formattedModules(await clientModules(sdl))),
};

async function formattedModules(modules: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const entries = Object.entries(modules).map(async ([file, text]) => {
    return [file, await formatted(file, text, 'typescript')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function withFormattedTables(file: string): Promise<string> {
  return formatted(file, withTables(await readRootFile(file)));
}

async function formatted(file: string, text: string, parser = 'markdown'): Promise<string> {
  const options = await resolveConfig(new URL(file, root));
  return format(text, { ...options, parser });
}

async function withExamplesIn(...guides: string[]): Promise<Record<string, string>> {
  const pages = guides.map(async (guide) => {
    const page = `docs/guides/${guide}.md`;
    return [page, withExamples(await readRootFile(page))] as const;
  });
  return Object.fromEntries(await Promise.all(pages));
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
