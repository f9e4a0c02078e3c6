import type { Logger } from './logger.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { runProgram, type ProcessUser } from './run-program.js';

const CREATE_USER = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'];

/**
 * The user to run PostgreSQL if this process is root: `postgres`, created if missing, otherwise `nobody`.
 * @throws EmbeddedPostgresError the system has neither and cannot create one
 */
export async function unprivilegedUser(logger: Logger): Promise<ProcessUser> {
  const existing = await lookUp('postgres');
  if (existing !== undefined) return existing;

  const creation = await runProgram('useradd', CREATE_USER);
  const created = await lookUp('postgres');
  if (created !== undefined) {
    logger.warn({}, 'PostgreSQL does not run as root: created the system user "postgres" for it');
    return created;
  }
  const nobody = await lookUp('nobody');
  if (nobody !== undefined) {
    logger.warn({ reason: creation.output }, 'PostgreSQL does not run as root: it runs as the user "nobody"');
    return nobody;
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and this system has no other user for it. ' +
      'Start this process as another user than root, or create a user named "postgres".',
  );
}

async function lookUp(name: string): Promise<ProcessUser | undefined> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  if (!uid.succeeded || !gid.succeeded) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}
