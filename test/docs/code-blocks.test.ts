import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../src/config/env.js';
import { emailsOf } from '../../src/core/composition/feature-parts.js';
import { createEmailTemplates } from '../../src/core/email/email-templates.js';
import { FEATURES } from '../../src/features.js';
import { blocksIn, blocksOf, pages, readPage, readProse, ROOT, type CodeBlock } from '../support/pages.js';

/** Which pages may hold which language, and the test that runs it. A block anywhere else is run by nothing. */
const RUN_BY: readonly (readonly [language: string, test: string, pages: RegExp])[] = [
  ['ts', 'test/docs/programs.test.ts', /./],
  ['tsx', 'test/docs/programs.test.ts', /^docs\/guides\/(client|ui)\.md$/],
  ['css', 'test/api/hosted-pages.test.ts', /^docs\/guides\/pages\.md$/],
  ['sh', 'test/docs/commands.test.ts', /./],
  ['dotenv', 'test/docs/code-blocks.test.ts', /./],
  ['eta', 'test/docs/code-blocks.test.ts', /^docs\/reference\/email-templates\.md$/],
  ['text', 'test/docs/code-blocks.test.ts', /^docs\/architecture\.md$/],
  [
    'json',
    'test/docs/programs.test.ts',
    /^(README\.md|docs\/guides\/(verifier[\w-]*|own-server)\.md|docs\/reference\/http\.md)$/,
  ],
  ['json', 'test/docs/import-recipes.test.ts', /^docs\/guides\/import\.md$/],
  ['graphql', 'test/api/getting-started.test.ts', /^docs\/guides\/(getting-started|gateways)\.md$/],
  ['graphql', 'test/docs/user-management-guide.test.ts', /^docs\/guides\/user-management\.md$/],
  ['sql', 'test/e2e/databases.test.ts', /^docs\/guides\/databases\.md$/],
  ['sql', 'test/docs/import-recipes.test.ts', /^docs\/guides\/import\.md$/],
  ['js', 'test/e2e/gateway.test.ts', /^docs\/guides\/gateways\.md$/],
  ['js', 'test/docs/import-recipes.test.ts', /^docs\/guides\/import\.md$/],
  ['toml', 'test/e2e/gateway.test.ts', /^docs\/guides\/gateways\.md$/],
  ['yaml', 'test/e2e/gateway-config.test.ts', /^docs\/guides\/gateways\.md$/],
  ['mermaid', '', /^docs\/guides\/gateways\.md$/],
];

/** Guides whose operations and statements have a separate test. */
const ACCOUNT_GUIDES = {
  test: 'test/docs/account-guides.test.ts',
  holds: ({ language, page }: CodeBlock): boolean =>
    /^(graphql|sql)$/.test(language) &&
    /^docs\/guides\/(account-closing|audit-trail|profile|invitations|service-accounts|user-changes)\.md$/.test(page),
};

const read = pages().filter((page) => !/^(CONTRIBUTING|SECURITY|\.github)/.test(page));
const blocks = read.flatMap((page) => blocksOf(page));

test('every block of code is in a language that a test runs', () => {
  expect(blocks.length).toBeGreaterThan(60);
  const fences = read.flatMap((page) => readPage(page).match(/^ *(```|~~~)/gm) ?? []);
  expect(fences.length).toBe(2 * blocks.length);
  const unknown = blocks.filter(
    (block) =>
      !RUN_BY.some(([name, , where]) => name === block.language && where.test(block.page)) &&
      !ACCOUNT_GUIDES.holds(block),
  );
  expect(unknown.map(({ page, line, language }) => `${page}:${String(line)} ${language}`)).toEqual([]);
  for (const file of [...RUN_BY.map(([, file]) => file), ACCOUNT_GUIDES.test])
    expect(existsSync(join(ROOT, file))).toBe(true);
});

/** What the package of a reader of any page has. */
const GIVEN = ['auth-subgraph', 'graphql'];

test('a program imports only packages that its own page installs', () => {
  for (const { page, code } of blocksIn('ts')) {
    const lines = blocksOf(page, 'sh').flatMap((block) => block.code.split('\n'));
    const installed = lines
      .filter((line) => line.startsWith('npm install '))
      .flatMap((line) => line.split(' ').map((word) => word.replace(/(?<=.)@.*$/, '')));
    const imported = [...code.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name = '']) => name);
    const isMissing = (name: string): boolean => name !== 'node' && ![...GIVEN, ...installed].includes(name);
    expect({ page, missing: imported.filter(isMissing) }).toEqual({ page, missing: [] });
  }
});

test('the blocks that are not run are these, each for the reason that its page states', () => {
  const skipped = blocks.filter(({ notRun }) => notRun !== undefined);
  expect(skipped.map(({ page, language, notRun }) => [page, language, notRun?.replace(/[;:] .*$/, '')])).toEqual([
    ['docs/guides/container.md', 'dotenv', 'variables of compose.yaml'],
    ['docs/guides/container.md', 'sh', 'needs Docker'],
    ['docs/guides/gateways.md', 'yaml', 'Rover is not an npm package and is Elastic-licensed'],
    ['docs/guides/gateways.md', 'sh', 'Rover is not an npm package and is Elastic-licensed'],
    ['docs/guides/gateways.md', 'yaml', 'wgc downloads a hundred megabytes for one command'],
    ['docs/guides/gateways.md', 'sh', 'wgc downloads a hundred megabytes for one command'],
    ['docs/guides/gateways.md', 'sh', 'the Grafbase program exists for some platforms only'],
    ['docs/guides/keys.md', 'sh', 'rotates without waiting'],
    ['docs/guides/operations.md', 'sh', 'needs the programs of PostgreSQL'],
    ['docs/guides/operations.md', 'sh', 'needs the programs of PostgreSQL'],
    ['docs/guides/scaling.md', 'sh', 'needs a Kubernetes cluster'],
  ]);
});

test('gateway configurations in the pages match the output of the tested command', () => {
  const page = readPage('docs/guides/gateways.md');
  const printed = blocksOf('docs/guides/gateways.md').filter(
    ({ language, notRun }) => /js|toml|yaml/.test(language) && !notRun,
  );
  const marks = page.match(/<!-- generated: gateway-config [\w-]+ -->/g) ?? [];
  expect(marks.length).toBe(5);
  expect(printed.length).toBe(marks.length);
});

test.each(blocksIn('dotenv').map((block) => ({ ...block })))('the settings on $page are accepted', ({ code }) => {
  const lines = code.trim().split('\n');
  const variables = Object.fromEntries(
    lines.map((line) => [/^\w+/.exec(line)?.[0] ?? '', /=(.*)$/.exec(line)?.[1]?.replaceAll(/^"|"$/g, '')]),
  );
  const unset = readSettings({}, 'print');
  expect(readSettings(variables, 'print')).not.toEqual(unset);
  for (const name of Object.keys(variables))
    expect(() => readSettings({ ...variables, [name]: '\u0000' }, 'print')).toThrow(name);
});

describe('the template on the page about email templates', () => {
  test('works under the name given on the page', () => {
    const code = blocksIn('eta')[0]?.code ?? '';
    const name = /For example, `([\w.-]+)`/.exec(readProse('docs/reference/email-templates.md'))?.[1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'auth-subgraph-eta-'));
    try {
      writeFileSync(join(folder, name), code);
      const emails = emailsOf(FEATURES);
      const { sample } = emails.find(({ kind }) => kind === 'verify-email')!;
      const templates = createEmailTemplates({ folder, emails, productName: 'Acme' });
      const { text } = templates.render('verify-email', { name: 'Ada', ...sample });
      expect(text).toMatch(/^Hello Ada,\n\n[^]*https:\/\/example\.com\/[^]*Acme\n$/);
      expect(emails.some(({ kind }) => name.startsWith(`${kind}.`))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('the floor plan names only folders and files that exist', () => {
  const code = blocksIn('text')[0]?.code ?? '';
  let parent = '';
  const named = code.split('\n').flatMap((line) => {
    const [, indent = '', name] = /^( *)([\w./-]+)(?= {2,}|\/$|$)/.exec(line) ?? [];
    if (name === undefined || indent.length > 2) return [];
    if (indent === '') parent = name;
    return [indent === '' ? name : `${parent}${name}`];
  });
  expect(named.length).toBeGreaterThan(8);
  for (const path of named) expect({ path, exists: existsSync(join(ROOT, path)) }).toEqual({ path, exists: true });
  const [, listed = ''] = /features\/ [^:]+:\n((?: {10,}[\w, -]+\n)+)/.exec(code) ?? [];
  for (const feature of listed.trim().split(/,\s+/))
    expect({ feature, exists: existsSync(join(ROOT, 'src/features', feature)) }).toEqual({ feature, exists: true });
});
