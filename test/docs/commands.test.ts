import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readOptions } from '../../scripts/bench/options.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { installed } from '../support/docs-project.js';
import { newEmail } from '../support/graphql-client.js';
import { blocksIn, pages, readPage, readProse, ROOT } from '../support/pages.js';
import { runCommand, startService } from '../support/service-process.js';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-commands-'));
  const service = await startService({ DATABASE_URL: database.url });
  await service.register({ email: 'ada@example.com' });
  await service.stop();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

const lines = blocksIn('sh').flatMap(({ page, code }) =>
  code
    .trim()
    .split('\n')
    .map((line) => ({ page, line })),
);

/** How a line is checked, by what it looks like. A line that no rule knows fails. */
const RULES: readonly (readonly [RegExp, (line: string, page: string) => Promise<unknown>])[] = [
  [/^(npm ci && )?npm (run \S+|start|test)$/, namesScripts],
  [/^npm run bench -- .+$/, namesBenchOptions],
  [/^npm install( [\w@./-]+)+$/, namesInstalledPackages],
  [/^npm test -- test\/\S+\.ts( -t '.+')?$/, namesTestFile],
  [/^(npm init --yes|npm pkg set type=module|npx tsc)$/, () => Promise.resolve()],
  [/^(AUTH_JWKS_URI=http:\S+ )?node (\S+)$/, namesFileOfPage],
  [/^curl -s http:\/\/localhost:4001\/graphql /, sendsJson],
  [/^export JWT_KEYS_FILE=\/\S+\.json$/, () => Promise.resolve()],
  [/^openssl genpkey /, makesPrivateKey],
  [/^export JWT_KEY="\$\(cat key\.pem\)"$/, () => Promise.resolve()],
  [/^export JWT_KEY="\$\((openssl genpkey .+)\)"$/, printsPrivateKey],
  [/^node from-[\w-]+\.mjs < \S+\.(json|csv) > users\.jsonl$/, namesRecipe],
  [/^psql "\$SOURCE_URL" --no-align --tuples-only --file \S+\.sql > users\.jsonl$/, namesRecipe],
  [/^npx auth-subgraph /, runsCommand],
];

test('the documentation has at least 40 commands', () => {
  expect(lines.length).toBeGreaterThan(40);
});

test.each(lines)('$page: $line', async ({ line, page }) => {
  const rules = RULES.filter(([pattern]) => pattern.test(line));
  expect(rules.length).toBe(1);
  await rules[0]?.[1](line, page);
});

test('the pages mention only scripts and commands that exist', async () => {
  const { output } = await runCommand(['help']);
  const text = pages().map(readPage).join('\n');
  for (const [, script = ''] of text.matchAll(/`(npm (?:run \S+|start|test))`/g)) await namesScripts(script);
  const named = new Set([...text.matchAll(/`(?:npx )?auth-subgraph ([a-z-]+)/g)].map(([, name = '']) => name));
  expect(named.size).toBeGreaterThan(3);
  for (const name of named) expect(output).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
});

async function namesScripts(line: string): Promise<void> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  for (const [, name = ''] of line.matchAll(/npm (?:run )?(\S+)/g))
    if (name !== 'ci') expect(Object.keys(scripts)).toContain(name);
}

/** `-t` has Jest run the tests whose names match; there must be one. */
async function namesTestFile(line: string): Promise<void> {
  const [, file = '', name = ''] = /-- (\S+)(?: -t '(.+)')?$/.exec(line) ?? [];
  expect(await readFile(join(ROOT, file), 'utf8')).toContain(name);
}

async function namesBenchOptions(line: string): Promise<void> {
  const words = line.split(' ').slice('npm run bench --'.split(' ').length);
  expect(() => readOptions(words)).not.toThrow();
  return Promise.resolve();
}

/** The programs of the pages are compiled with these packages and no others. */
async function namesInstalledPackages(line: string): Promise<void> {
  const words = line.split(' ').slice(2);
  expect(installed()).toEqual(expect.arrayContaining(words.filter((word) => !word.startsWith('--'))));
  return Promise.resolve();
}

/** `node dist/posts.js` runs what the page has its reader save as `posts.ts`. */
async function namesFileOfPage(line: string, page: string): Promise<void> {
  const file = / ?node (\S+)$/.exec(line)?.[1] ?? '';
  const source = file.replace(/^dist\/(.+)\.js$/, '$1.ts');
  expect(readProse(page)).toMatch(new RegExp(`[Ss]ave [^.]+\`${source.replaceAll('.', '\\.')}\``));
  return Promise.resolve();
}

/** The test of the recipes runs what the page has its reader save under this name. */
async function namesRecipe(line: string, page: string): Promise<void> {
  const [file = ''] = /from-[\w-]+\.(mjs|sql)/.exec(line) ?? [];
  expect(readProse(page)).toContain(`Save this as \`${file}\``);
  return Promise.resolve();
}

/** The responses are compared by the test of the walk-through. */
async function sendsJson(line: string): Promise<void> {
  expect(JSON.parse(/ -d '(.*)'$/.exec(line)?.[1] ?? '')).toHaveProperty('query');
  return Promise.resolve();
}

async function makesPrivateKey(line: string): Promise<void> {
  const [program = '', ...words] = line.split(' ');
  await promisify(execFile)(program, words, { cwd: folder });
  const key = createPrivateKey(await readFile(join(folder, words.at(-1) ?? '')));
  expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
}

async function printsPrivateKey(line: string): Promise<void> {
  const [program = '', ...words] = /\((.+)\)/.exec(line)?.[1]?.split(' ') ?? [];
  const { stdout } = await promisify(execFile)(program, words);
  expect(createPrivateKey(stdout).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
}

/** Each command finds what it needs: the database, and a ring of keys in which one has waited for its turn. */
async function runsCommand(line: string): Promise<void> {
  const words = line
    .replace(/ > \S+$/, '')
    .split(' ')
    .slice(2);
  const own = await mkdtemp(join(folder, 'command-'));
  await writeFile(join(own, 'users.jsonl'), '{"email":"grace@example.com"}');
  const settings = { DATABASE_URL: database.url, JWT_KEYS_FILE: join(own, 'keys.json') };
  if (words[0] === 'serve' || words[0] === 'demo') {
    await (await startService({ DATABASE_URL: database.url }, undefined, words[0])).stop();
    return;
  }
  const isFirst = words.join(' ').startsWith('keys generate');
  if (!isFirst) await runCommand(['keys', 'generate'], settings, own);
  if (words[1] === 'rotate' || words[1] === 'retire') await prepareRing(settings, own, words[1]);
  if (words[0] === 'services') await prepareService();
  if (words[1] === 'discard') await prepareParkedDelivery();
  // The address of the pages has an account already.
  if (words[1] === 'create') words[2] = newEmail();
  const { code, output } = await runCommand(words, settings, own);
  expect({ output, code }).toEqual({ output, code: 0 });
}

/** The service account of the pages, with its key. */
async function prepareService(): Promise<void> {
  await database.sql('delete from auth_service_account');
  await database.sql(`
    with account as (
      insert into auth_service_account (id, name, scopes, created_at)
      values ('01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d', 'billing', '{}', clock_timestamp()) returning id
    )
    insert into auth_service_key (id, service_account_id, handle_hash, secret_hash, hint, created_at)
    select '01990b2c-7d1e-7a40-8c3b-64a1f2e9d0b5', id, '1', '2', 'abcd', clock_timestamp() from account`);
}

/** A delivery of the event of the pages that has been given up. */
async function prepareParkedDelivery(): Promise<void> {
  await runCommand(['migrate'], { DATABASE_URL: database.url });
  await database.sql(`
    insert into auth_jobs.job (name, data)
    values ('auth-events-parked', '{ "listener": "mail", "event": { "id": "01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d" } }')`);
}

/** A ring whose second key has waited to sign for a day, or whose first one stopped signing a day ago. */
async function prepareRing(settings: Record<string, string>, own: string, step: 'rotate' | 'retire'): Promise<void> {
  await runCommand(['keys', 'generate'], settings, own);
  if (step === 'retire') await runCommand(['keys', 'rotate', '--force'], settings, own);
  const file = join(own, 'keys.json');
  const times = /"(published_at|signed_until)":\s*(\d+)/g;
  const aDayAgo = (_match: string, name: string, at: string): string => `"${name}": ${String(Number(at) - 86_400)}`;
  await writeFile(file, (await readFile(file, 'utf8')).replace(times, aDayAgo));
}
