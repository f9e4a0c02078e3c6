import { existsSync } from 'node:fs';
import { lchown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Logger } from './logger.js';
import { randomBytes } from 'node:crypto';
import { clusterPaths } from './cluster-paths.js';
import type { DatabasePlace } from './database-place.js';
import { hasCode } from './error-code.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { runProgram } from './run-program.js';

export const DATABASE_NAME = 'auth';
export const DATABASE_USER = 'postgres';

const UNFINISHED = 'data.new-';

/** What initdb says if the user is only a number, as after `docker run --user`. */
const UNKNOWN_USER = 'could not look up effective user ID';

// The built-in provider sorts and lower-cases alike on every machine, whatever locales are installed.
const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * Creates the cluster and its database unless they exist, and returns the password. Requires the folder's lock. The
 * cluster is built under a temporary name, so that an interrupted start leaves no partial cluster.
 * @throws EmbeddedPostgresError
 */
export async function ensureCluster(place: DatabasePlace, binaries: PostgresBinaries, logger: Logger): Promise<string> {
  const { folder } = place;
  const { data, password: passwordFile } = clusterPaths(folder);
  await removeUnfinishedClusters(folder);
  if (existsSync(data)) return readPassword(folder);

  const password = randomBytes(24).toString('base64url');
  await writePassword(passwordFile, password, place);
  // The name is unique, because an initdb that outlived its parent may still write below the old one.
  const unfinished = join(folder, UNFINISHED + randomBytes(6).toString('hex'));
  try {
    await mkdir(unfinished, { mode: 0o700 });
    if (place.user !== undefined) await lchown(unfinished, place.user.uid, place.user.gid);
    await initialise(unfinished, passwordFile, place, binaries);
    await rename(unfinished, data);
  } catch (error) {
    await removeFolder(unfinished);
    await rm(passwordFile, { force: true });
    throw error;
  }
  logger.info({ folder }, 'Created the database cluster');
  return password;
}

async function initialise(
  data: string,
  passwordFile: string,
  { folder, user }: DatabasePlace,
  { initdb, postgres }: PostgresBinaries,
): Promise<void> {
  const account = [`--username=${DATABASE_USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const created = await runProgram(initdb, [`--pgdata=${data}`, ...account, ...LOCALE, '--no-instructions'], { user });
  const database = created.succeeded
    ? await runProgram(postgres, ['--single', '-D', data, '-c', 'exit_on_error=true', 'postgres'], {
        user,
        input: `CREATE DATABASE ${DATABASE_NAME};\n`,
      })
    : created;
  if (database.succeeded) return;
  if (database.output.includes(UNKNOWN_USER)) {
    throw new EmbeddedPostgresError(
      `The database in ${folder} could not be created: PostgreSQL requires that the user it runs as ` +
        `(${String(user?.uid ?? process.geteuid?.())}) has an entry in /etc/passwd. Add one, or use another user.`,
    );
  }
  const reason = database.output.split('\n').slice(-10).join('\n');
  throw new EmbeddedPostgresError(
    `The database in ${folder} could not be created. Fix what PostgreSQL reports, or use another folder. ` +
      `PostgreSQL said:\n${reason}`,
  );
}

async function readPassword(folder: string): Promise<string> {
  const { data, password: file } = clusterPaths(folder);
  const password = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  if (password.trim() !== '') return password.trim();
  throw new EmbeddedPostgresError(
    `The password of the database in ${data} is missing: restore ${file}, or, to begin with an empty database, ` +
      `move ${data} away.`,
  );
}

async function writePassword(file: string, password: string, { user }: DatabasePlace): Promise<void> {
  await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${password}\n`);
    if (user !== undefined) await handle.chown(user.uid, user.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeUnfinishedClusters(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await removeFolder(join(folder, name));
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
