import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { installed } from '../support/docs-project.js';
import { blocksIn, pages, readPage, ROOT } from '../support/pages.js';
import { runCommand, startService } from '../support/service-process.js';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-commands-'));
  const service = await startService({ DATABASE_URL: database.url });
  await service.register({ email: 'ada@example.com' });
  await service.stop();
}, 60_000);
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
  [/^npm install( [\w@./-]+)+$/, namesInstalledPackages],
  [/^(npm init --yes|npm pkg set type=module|npx tsc)$/, () => Promise.resolve()],
  [/^(AUTH_JWKS_URI=http:\S+ )?node (\S+)$/, namesFileOfPage],
  [/^curl -s http:\/\/localhost:4001\/graphql /, sendsJson],
  [/^export JWT_KEYS_FILE=\/\S+\.json$/, () => Promise.resolve()],
  [/^openssl genpkey /, makesPrivateKey],
  [/^export JWT_KEY="\$\(cat key\.pem\)"$/, () => Promise.resolve()],
  [/^export JWT_KEY="\$\((openssl genpkey .+)\)"$/, printsPrivateKey],
  [/^npx auth-subgraph /, runsCommand],
];

test('there are commands', () => {
  expect(lines.length).toBeGreaterThan(40);
});

test.each(lines)(
  '$page: $line',
  async ({ line, page }) => {
    const rules = RULES.filter(([pattern]) => pattern.test(line));
    expect(rules.length).toBe(1);
    await rules[0]?.[1](line, page);
  },
  60_000,
);

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
  expect(readPage(page)).toMatch(new RegExp(`[Ss]ave [^.]+\`${source.replaceAll('.', '\\.')}\``));
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

async function runsCommand(line: string): Promise<void> {
  const words = line.split(' ').slice(2);
  const settings = { DATABASE_URL: database.url, JWT_KEYS_FILE: join(folder, 'keys.json') };
  if (words[0] !== 'keys') await runCommand(['keys', 'generate'], settings, folder);
  const { code, output } = await runCommand(words, settings, folder);
  expect({ output, code }).toEqual({ output, code: 0 });
}
