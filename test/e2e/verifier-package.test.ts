import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installPackages, type InstalledProject } from '../support/installed-project.js';

const NAME = '@auth-subgraph/verifier';
/** What other subgraphs may pay for in code of ours. */
const MAX_OWN_BYTES = 60_000;
/** What they may pay for in all: in packages, and on disk. */
const MAX_PACKAGES = 20;
const MAX_INSTALLED_BYTES = 2_000_000;

/** A project with the verifier alone, and one that has the frameworks too. */
let alone: InstalledProject;
let withFrameworks: InstalledProject;
beforeAll(async () => {
  alone = await installPackages([NAME]);
  withFrameworks = await installPackages([NAME], await frameworks());
});
afterAll(async () => {
  await alone.remove();
  await withFrameworks.remove();
});

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

async function manifestIn(folder: string | URL): Promise<Manifest> {
  return JSON.parse(await readFile(new URL('package.json', folder), 'utf8')) as Manifest;
}

/** The packages that the adapters belong to, in the versions that this repository develops with. */
async function frameworks(): Promise<string[]> {
  const { dependencies, devDependencies } = await manifestIn(new URL('../../', import.meta.url));
  const { peerDependencies = {} } = await manifestIn(pathToFileURL(`${alone.packageFolder(NAME)}/`));
  const versions = { ...dependencies, ...devDependencies };
  // NestJS needs the last two itself.
  const names = [...Object.keys(peerDependencies), 'reflect-metadata', 'rxjs'];
  return names.map((name) => `${name}@${versions[name] ?? 'unknown'}`);
}

/** The names that an import path exports, and every module that was loaded for it. */
async function load(path: string): Promise<{ names: string[]; modules: string[] }> {
  const project = /verifier(\/testing|\/internal)?$/.test(path) ? alone : withFrameworks;
  const loaded = (await project.runProgram(`
    import { registerHooks } from 'node:module';
    const modules = [];
    registerHooks({
      load(url, context, next) {
        modules.push(url);
        return next(url, context);
      },
    });
    const names = Object.keys(await import('${path}'));
    console.log(JSON.stringify({ names, modules }));
  `)) as { names: string[]; modules: string[] };
  const inside = pathToFileURL(`${project.folder}/`).href;
  expect(loaded.modules.filter((url) => !url.startsWith('node:') && !url.startsWith(inside))).toEqual([]);
  return loaded;
}

function packagesAmong(modules: readonly string[]): string[] {
  const names = modules.map((url) => /node_modules\/(?!.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? url);
  return [...new Set(names)].filter((name) => name !== NAME && !name.startsWith('node:'));
}

/** The bytes of every file below a folder. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('is installed quietly, with few packages, none of which runs a script', async () => {
  const lock = JSON.parse(await readFile(join(alone.folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(installed.length).toBeGreaterThan(1);
  expect(installed.length).toBeLessThan(MAX_PACKAGES);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  expect(await bytesIn(join(alone.folder, 'node_modules'))).toBeLessThan(MAX_INSTALLED_BYTES);
  expect(alone.warnings).not.toContain('npm warn');
});

const VERIFIER = [
  ...['ForbiddenError', 'KeyError', 'TokenVerificationError', 'UnauthenticatedError', 'createTokenVerifier'],
  ...['createViewerContext', 'protectResolvers', 'requireScopes', 'requireViewer'],
];

test.each([
  ['@auth-subgraph/verifier', VERIFIER],
  ['@auth-subgraph/verifier/type-graphql', ['CurrentUser', 'Public', 'authChecker', 'protectSchema']],
  [
    '@auth-subgraph/verifier/nestjs',
    [
      ...['AuthExceptionFilter', 'AuthGuard', 'CurrentUser', 'Public', 'RequiresScopes', 'TOKEN_VERIFIER'],
      'createAuthContext',
    ],
  ],
  ['@auth-subgraph/verifier/pothos', ['scopeAuth']],
  ['@auth-subgraph/verifier/testing', ['createTestAuth', 'signTestToken', 'testAuth']],
])('%s exports what the documentation says', async (path, names) => {
  expect((await load(path)).names.sort()).toEqual(names);
});

test('CommonJS can load it too', async () => {
  const names = await alone.runProgram(`
    import { createRequire } from 'node:module';
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url)('${NAME}'))));
  `);
  expect(names).toEqual(expect.arrayContaining(VERIFIER));
});

test('every import path has its code and its types in the package, and is documented', async () => {
  const { exports } = await manifestIn(pathToFileURL(`${alone.packageFolder(NAME)}/`));
  const readme = await readFile(join(alone.packageFolder(NAME), 'README.md'), 'utf8');
  const files = alone.tarballs[0]?.files;
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    expect(files).toEqual(expect.arrayContaining([target.types.slice(2), target.default.slice(2)]));
    // The service alone may use this one.
    if (path !== './internal') expect(readme).toContain(`\`${NAME}${path.slice(1)}\``);
  }
});

describe.each(['@auth-subgraph/verifier', '@auth-subgraph/verifier/testing'])('%s', (path) => {
  test('loads no framework, server, database or password hash', async () => {
    const packages = packagesAmong((await load(path)).modules);
    expect(packages).toContain('jsonwebtoken');
    const heavy = /graphql|@apollo|@nestjs|@pothos|fastify|mikro-orm|kysely|^pg|bcrypt|express|zod|pino/;
    expect(packages.filter((name) => heavy.test(name))).toEqual([]);
  });

  test(`contains less than ${MAX_OWN_BYTES / 1000} kB of our own code`, async () => {
    const own = pathToFileURL(join(alone.packageFolder(NAME), 'dist')).href;
    const files = (await load(path)).modules.filter((url) => url.startsWith(own));
    const sizes = await Promise.all(
      files.map(async (url) => [url.slice(own.length), (await stat(new URL(url))).size] as const),
    );
    const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(5);
    if (bytes >= MAX_OWN_BYTES) throw new Error(`${String(bytes)} bytes: ${JSON.stringify(sizes, null, 1)}`);
  });
});

test.each([
  ['type-graphql', ['type-graphql', 'graphql']],
  ['nestjs', ['@nestjs/common', '@nestjs/core', '@nestjs/graphql']],
  ['pothos', []],
])('the adapter for %s loads that framework and no other', async (adapter, own) => {
  const packages = packagesAmong((await load(`@auth-subgraph/verifier/${adapter}`)).modules);
  expect(packages).toEqual(expect.arrayContaining(own));
  const frameworks = packages.filter((name) => /^(type-graphql|@nestjs\/(?!mapped)|@pothos\/|graphql$)/.test(name));
  expect(frameworks.filter((name) => !own.includes(name) && name !== 'graphql')).toEqual([]);
  expect(packages.filter((name) => /mikro-orm|kysely|bcrypt|fastify|@apollo\/server/.test(name))).toEqual([]);
});
