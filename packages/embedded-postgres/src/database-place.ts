import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Logger } from './logger.js';
import { clusterPaths } from './cluster-paths.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { runProgram, type ProcessUser } from './run-program.js';
import { unprivilegedUser } from './unprivileged-user.js';

/** Where root keeps a database when PostgreSQL's user cannot reach the requested folder. */
const SYSTEM_FOLDER = '/var/lib/auth-subgraph';

/** A folder and the user that can access it; without a user, the user of this process. */
export interface DatabasePlace {
  readonly folder: string;
  readonly user: ProcessUser | undefined;
}

/**
 * Decides where to keep the database. PostgreSQL refuses to run as root, so root runs it as another user. If that user
 * cannot enter the requested folder (root's home is closed), the database is kept in a folder below `SYSTEM_FOLDER`,
 * which is always the same for the same requested folder.
 * @throws EmbeddedPostgresError neither folder is usable
 */
export async function chooseDatabasePlace(wanted: string, logger: Logger): Promise<DatabasePlace> {
  if (process.getuid?.() !== 0) return prepared({ folder: wanted, user: undefined });

  const user = await ownerOf(wanted, logger);
  const closed = await firstClosedFolder(wanted, user);
  const substitute = substituteFor(wanted);
  if (closed === undefined && (hasCluster(wanted) || !hasCluster(substitute))) {
    return prepared({ folder: wanted, user });
  }
  if (closed !== undefined && hasCluster(wanted)) {
    throw new EmbeddedPostgresError(
      `The database in ${wanted} cannot be reached: PostgreSQL runs as user ${String(user.uid)} because it refuses ` +
        `root, and that user cannot enter ${closed}. Run "chmod o+x ${closed}", or use another folder.`,
    );
  }
  logger.warn(
    { wanted, folder: substitute, ...(closed === undefined ? {} : { closed }) },
    closed === undefined
      ? `The database is kept in ${substitute}, where it was created while ${wanted} could not be reached`
      : `PostgreSQL does not run as root and its user cannot enter ${closed}: the database is kept in ${substitute}`,
  );
  return preparedSubstitute({ folder: substitute, user: await ownerOf(substitute, logger) }, closed ?? wanted);
}

/** Whether there is a database in the folder, or in the one that is used instead. */
export function hasDatabase(wanted: string): boolean {
  return hasCluster(wanted) || (process.getuid?.() === 0 && hasCluster(substituteFor(wanted)));
}

function substituteFor(wanted: string): string {
  return join(SYSTEM_FOLDER, `postgres-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`);
}

function hasCluster(folder: string): boolean {
  return existsSync(clusterPaths(folder).data);
}

/** An existing cluster only runs as the user that owns its files. */
async function ownerOf(folder: string, logger: Logger): Promise<ProcessUser> {
  if (hasCluster(folder)) {
    const { uid, gid } = await stat(clusterPaths(folder).data);
    if (uid !== 0) return { uid, gid };
  }
  return unprivilegedUser(logger);
}

async function firstClosedFolder(folder: string, user: ProcessUser): Promise<string | undefined> {
  const ancestors: string[] = [];
  for (let path = dirname(folder); path !== dirname(path); path = dirname(path)) ancestors.unshift(path);
  for (const ancestor of ancestors) {
    if (!existsSync(ancestor)) return undefined;
    // Checked as that user, because mode bits do not reflect access lists and security modules.
    if (!(await runProgram('test', ['-x', ancestor], { user })).succeeded) return ancestor;
  }
  return undefined;
}

async function prepared(place: DatabasePlace): Promise<DatabasePlace> {
  const { folder, user } = place;
  const firstCreated = await mkdir(folder, { recursive: true, mode: user === undefined ? 0o700 : 0o755 });
  if (user === undefined) return place;

  // PostgreSQL's user must be able to enter; a strict umask would keep it out of the new folder.
  await chmod(folder, 0o755);
  if (firstCreated === undefined) return place;
  for (let path = folder; path.startsWith(firstCreated); path = dirname(path)) await chmod(path, 0o755);
  return place;
}

async function preparedSubstitute(place: DatabasePlace, closed: string): Promise<DatabasePlace> {
  try {
    return await prepared(place);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, its user cannot enter ${closed}, and ${place.folder} could not be ` +
        'created instead. Start this process as another user than root, or use a folder that every user can enter.',
      { cause: error },
    );
  }
}
