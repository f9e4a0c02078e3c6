import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The published packages and their folders. */
const FOLDERS = {
  'auth-subgraph': '.',
  '@auth-subgraph/verifier': './packages/verifier',
  '@auth-subgraph/client': './packages/client',
  '@auth-subgraph/ui': './packages/ui',
  '@auth-subgraph/embedded-postgres': './packages/embedded-postgres',
} as const;

export type PackageName = keyof typeof FOLDERS;

export const PACKAGE_NAMES = Object.keys(FOLDERS) as readonly PackageName[];

export interface Tarball {
  readonly name: PackageName;
  readonly path: string;
  /** The files that would be published, relative to the root of the package. */
  readonly files: readonly string[];
}

/** Writes the tarballs that `npm publish` would upload into a folder. Requires built packages. */
export async function packPackages(names: readonly PackageName[], folder: string): Promise<Tarball[]> {
  // Without scripts: `prepack` would rebuild and replace the build that other tests are running.
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', ['pack', ...options, ...names.map((name) => FOLDERS[name])], {
    cwd: ROOT,
  });
  const packed = JSON.parse(stdout) as { name: PackageName; filename: string; files: { path: string }[] }[];
  return packed.map(({ name, filename, files }) => ({
    name,
    path: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}
