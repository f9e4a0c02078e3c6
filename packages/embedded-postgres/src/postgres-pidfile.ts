import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { clusterPaths } from './cluster-paths.js';
import type { DatabasePlace } from './database-place.js';
import { hasCode } from './error-code.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { birthOf } from './process-identity.js';
import { runProgram, type ProcessUser } from './run-program.js';
import { stopServer } from './stop-server.js';

/** Identifies servers that this package started, as opposed to servers that a person started on the same folder. */
export const CLUSTER_NAME = 'auth-subgraph';

/** The contents of postmaster.pid. */
export interface ServerStatus {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads postmaster.pid; undefined if the server has not written it yet or has shut down cleanly. */
export async function readServerStatus(data: string): Promise<ServerStatus | undefined> {
  try {
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Stops the server that a killed process left behind, and removes a file that a reboot left behind. Requires the
 * folder's lock.
 * @throws EmbeddedPostgresError a server is running that this package did not start
 */
export async function clearAbandonedServer(
  { folder, user }: DatabasePlace,
  binaries: PostgresBinaries,
): Promise<number | undefined> {
  const { data } = clusterPaths(folder);
  const status = await readServerStatus(data);
  if (status === undefined || !(status.pid > 0) || (await birthOf(status.pid)) === undefined) return undefined;
  const { pid } = status;
  if (!(await servesFolder(pid, data, user))) {
    // The pid now belongs to another program. PostgreSQL would take that for a server and refuse to start.
    await rm(join(data, 'postmaster.pid'), { force: true });
    return undefined;
  }
  const commandLine = await readFile(join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  if (!commandLine.includes(`cluster_name=${CLUSTER_NAME}`)) {
    throw new EmbeddedPostgresError(
      `The database in ${data} is already in use by process ${String(pid)}, a PostgreSQL server that ` +
        '@auth-subgraph/embedded-postgres did not start; stop it, or use another folder.',
    );
  }
  await stopServer(pid, binaries);
  return pid;
}

/** Whether the process is a PostgreSQL server on the folder, which is then its working directory. */
async function servesFolder(pid: number, data: string, user: ProcessUser | undefined): Promise<boolean> {
  if (process.platform === 'linux') {
    const program = await readFile(`/proc/${String(pid)}/comm`, 'utf8').catch(() => '');
    return program.trim() === 'postgres' && (await workingDirectory(pid, user)) === (await realpath(data));
  }
  // If this cannot be determined, a server is assumed: PostgreSQL then decides whether it can start.
  const { succeeded, output } = await runProgram('ps', ['-o', 'args=', '-p', String(pid)]);
  return !succeeded || output.includes(data);
}

async function workingDirectory(pid: number, user: ProcessUser | undefined): Promise<string | undefined> {
  const link = `/proc/${String(pid)}/cwd`;
  if (user === undefined) return readlink(link).catch(() => undefined);
  // In a container, root may not inspect processes of other users, but PostgreSQL's user may inspect its own.
  const { succeeded, output } = await runProgram('readlink', [link], { user });
  return succeeded ? output : undefined;
}
