import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { filterProblems } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { PACKAGE_NAMES, packPackages, type Tarball } from './pack.js';

/** Entries that are not code, and have no types. */
const NOT_CODE = ['./schema.graphql', './styles.css'];

/**
 * Problems that publint finds in the tarball: entries that lead nowhere, a wrong module format, incomplete metadata.
 */
async function lint(tarball: ArrayBuffer): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => formatMessage(message, pkg) ?? message.code);
}

/**
 * Mismatches between the types and what Node.js and bundlers load. The packages are native ESM, which `require()` also
 * loads from Node.js 22.12 on. Only two cases are ignored: resolution that predates `exports`, and CommonJS without
 * that support.
 */
async function typeProblems(tarball: ArrayBuffer): Promise<string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
    excludeEntrypoints: NOT_CODE,
  });
  if (!analysis.types) return ['the package has no types'];
  const modern = ['node16-esm', 'bundler'] as const;
  const problems = modern.flatMap((resolutionKind) => filterProblems(analysis, { resolutionKind }));
  return [...new Set(problems)].map((problem) => JSON.stringify(problem));
}

async function problemsOf({ name, path }: Tarball): Promise<string[]> {
  const bytes = await readFile(path);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return [...(await lint(tarball)), ...(await typeProblems(tarball))].map((problem) => `${name}: ${problem}`);
}

const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-packages-'));
try {
  for (const tarball of await packPackages(PACKAGE_NAMES, folder))
    for (const problem of await problemsOf(tarball)) {
      console.error(problem);
      process.exitCode = 1;
    }
} finally {
  await rm(folder, { recursive: true });
}
