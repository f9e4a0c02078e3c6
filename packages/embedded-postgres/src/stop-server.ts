import { setTimeout as delay } from 'node:timers/promises';

import { hasCode } from './error-code.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { birthOf } from './process-identity.js';
import { runProgram } from './run-program.js';

const FAST_SHUTDOWN_SECONDS = 30;
const IMMEDIATE_SHUTDOWN_SECONDS = 10;
const POLL_MILLISECONDS = 10;

/**
 * Stops a server and waits until it has ended: first with a fast shutdown, which writes all data to disk. If that
 * hangs, with an immediate shutdown, which leaves the rest to the recovery at the next start.
 * @throws EmbeddedPostgresError the server survives both
 */
export async function stopServer(pid: number, binaries: PostgresBinaries): Promise<void> {
  await signalServer(pid, 'SIGINT', binaries);
  if (await endsWithin(FAST_SHUTDOWN_SECONDS, pid)) return;
  await signalServer(pid, 'SIGQUIT', binaries);
  if (await endsWithin(IMMEDIATE_SHUTDOWN_SECONDS, pid)) return;
  throw new EmbeddedPostgresError(`PostgreSQL (process ${String(pid)}) does not stop; kill that process manually.`);
}

async function signalServer(pid: number, signal: 'SIGINT' | 'SIGQUIT', { pgCtl }: PostgresBinaries): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals. PostgreSQL listens on a pipe instead, which pg_ctl writes to.
    await runProgram(pgCtl, ['kill', signal.slice('SIG'.length), String(pid)]);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

async function endsWithin(seconds: number, pid: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    if ((await birthOf(pid)) === undefined) return true;
    await delay(POLL_MILLISECONDS);
  }
  return false;
}
