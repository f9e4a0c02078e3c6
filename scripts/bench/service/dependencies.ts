import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './command.js';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

type Locked = Readonly<Record<string, LockedPackage>>;

/** The workspaces of the repository, which each checkout links to its own folders. */
const OWN_PACKAGES = ['@auth-subgraph', 'auth-subgraph'];
/** Development dependencies that a build needs. */
const BUILD_PACKAGE = /^node_modules\/(typescript|@types\/.+)$/;

/**
 * Gives a checkout its dependencies: links to those of the repository if the service needs the same ones, and otherwise a
 * separate installation.
 */
export async function installDependencies(folder: string, repository: string): Promise<void> {
  if (needsSame(await readLock(folder), await readLock(repository))) {
    await linkPackages(join(repository, 'node_modules'), join(folder, 'node_modules'));
    return;
  }
  console.error('installing the dependencies of that revision, which differ …');
  await runCommand(folder, 'npm', 'ci', '--no-audit');
}

async function readLock(folder: string): Promise<Locked> {
  const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
  return (JSON.parse(text) as { packages: Locked }).packages;
}

/** Whether the packages that build and run an older checkout are installed in the same versions. */
export function needsSame(needed: Locked, installed: Locked): boolean {
  return Object.entries(needed)
    .filter(
      ([path, { dev = false, link = false }]) =>
        path.startsWith('node_modules/') && !link && (!dev || BUILD_PACKAGE.test(path)),
    )
    .every(([path, { version, integrity }]) => {
      const found = installed[path];
      return found?.version === version && found?.integrity === integrity;
    });
}

async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from))
    if (!OWN_PACKAGES.includes(name)) await symlink(join(from, name), join(to, name));
  const packages = join(dirname(to), 'packages');
  if (!existsSync(packages)) return;
  await mkdir(join(to, '@auth-subgraph'));
  for (const name of await readdir(packages)) await symlink(join(packages, name), join(to, '@auth-subgraph', name));
}
