import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/platform/logger.js';
import type { ProcessUser } from '../../packages/embedded-postgres/src/run-program.js';
import { unprivilegedUser } from '../../packages/embedded-postgres/src/unprivileged-user.js';

/** The user for programs that refuse to run as root; `undefined` if this process is not root. */
export async function programUser(): Promise<ProcessUser | undefined> {
  return process.getuid?.() === 0 ? unprivilegedUser(silentLogger) : undefined;
}

/** A new folder that this user owns. */
export async function folderOf(user: ProcessUser | undefined, prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await chmod(folder, 0o755);
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}
