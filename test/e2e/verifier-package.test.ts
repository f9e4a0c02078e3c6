import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packPackage, type PackedPackage } from '../support/packed-package.js';

/** What other subgraphs may pay for in code of ours. */
const MAX_OWN_BYTES = 60_000;

let packed: PackedPackage;
beforeAll(async () => {
  packed = await packPackage();
}, 60_000);
afterAll(() => packed.remove());

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

/** The names that an import path exports, and every module that was loaded for it. */
async function load(path: string): Promise<{ names: string[]; modules: string[] }> {
  return (await packed.runProgram(`
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
}

function packagesAmong(modules: readonly string[]): string[] {
  const names = modules.map((url) => /node_modules\/(?!.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? url);
  return [...new Set(names)].filter((name) => name !== 'auth-subgraph' && !name.startsWith('node:'));
}

const VERIFIER = [
  ...['ForbiddenError', 'KeyError', 'TokenVerificationError', 'UnauthenticatedError', 'createTokenVerifier'],
  ...['createViewerContext', 'protectResolvers', 'requireScopes', 'requireViewer'],
];

test.each([
  ['@auth-subgraph/verifier', VERIFIER],
  ['@auth-subgraph/verifier/type-graphql', ['CurrentUser', 'Public', 'authChecker', 'protectSchema']],
  [
    '@auth-subgraph/verifier/nestjs',
    ['AuthGuard', 'CurrentUser', 'Public', 'RequiresScopes', 'TOKEN_VERIFIER', 'createAuthContext'],
  ],
  ['@auth-subgraph/verifier/pothos', ['scopeAuth']],
  ['@auth-subgraph/verifier/testing', ['createTestAuth', 'signTestToken', 'testAuth']],
])('%s exports what is documented', async (path, names) => {
  expect((await load(path)).names.sort()).toEqual(names);
});

test('every import path has its code and its types in the package, and is documented', async () => {
  const { exports } = JSON.parse(await readFile(join(packed.folder, 'package.json'), 'utf8')) as Manifest;
  const docs = await readFile(new URL('../../docs/guides/verifier.md', import.meta.url), 'utf8');
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    expect(packed.files).toEqual(expect.arrayContaining([target.types.slice(2), target.default.slice(2)]));
    if (path !== '.') expect(docs).toContain(`'auth-subgraph/${path.slice(2)}'`);
  }
});

describe.each(['@auth-subgraph/verifier', '@auth-subgraph/verifier/testing'])('%s', (path) => {
  test('loads no framework, server, database or password hash', async () => {
    const packages = packagesAmong((await load(path)).modules);
    expect(packages).toContain('jsonwebtoken');
    const heavy = /graphql|@apollo|@nestjs|@pothos|fastify|mikro-orm|kysely|^pg|bcrypt|express|zod|pino/;
    expect(packages.filter((name) => heavy.test(name))).toEqual([]);
  });

  test(`is less than ${MAX_OWN_BYTES / 1000} kB of code of ours`, async () => {
    const own = pathToFileURL(join(packed.folder, 'dist')).href;
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
