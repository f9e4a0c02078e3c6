import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childOptions, runProgram } from '../../packages/embedded-postgres/src/run-program.js';
import { runSql } from './database.js';
import { dumpServer } from './database-dump.js';
import { freePort } from './free-port.js';
import { RunRecord } from './secrets/run-record.js';
import { folderOf, programUser } from './unprivileged.js';
import { until } from './until.js';

/** Where Debian's package puts the programs of PostgreSQL 15. */
export const BINARIES = '/usr/lib/postgresql/15/bin';

export const hasDebianPostgres = existsSync(join(BINARIES, 'postgres'));

export interface PostgresServer {
  /** The URL of a superuser. */
  readonly url: string;
  /** The folder of its socket. */
  readonly folder: string;
  readonly port: number;
  /** Starts a standby that follows this server. */
  startStandby(): Promise<PostgresServer>;
  /** Ends the server without a shutdown. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster of Debian's PostgreSQL 15 in its own folder, reachable over loopback and a socket. */
export async function startDebianPostgres(): Promise<PostgresServer> {
  const initdb = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  return startOn((data) => [join(BINARIES, 'initdb'), '-D', data, ...initdb]);
}

async function startOn(creation: (data: string) => readonly [string, ...string[]]): Promise<PostgresServer> {
  const user = await programUser();
  const folder = await folderOf(user, 'auth-pg15-');
  const data = join(folder, 'data');
  const [program, ...words] = creation(data);
  const made = await runProgram(program, words, { user });
  if (!made.succeeded) throw new Error(made.output);
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
  const child = spawn(join(BINARIES, 'postgres'), ['-D', data, ...flags], { ...childOptions(user), stdio: 'ignore' });
  const ended = once(child, 'close');
  const url = `postgresql://postgres@127.0.0.1:${String(port)}/postgres`;
  await until(() => runSql(url, 'select 1').catch(() => undefined), 'PostgreSQL 15');
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    url,
    folder,
    port,
    startStandby: () =>
      startOn((copy) => [join(BINARIES, 'pg_basebackup'), '-D', copy, '-d', url, '-R', '-c', 'fast', '--no-sync']),
    kill: () => endBy('SIGQUIT'),
    stop: async () => {
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (isRunning) RunRecord.ofRun().rows(await dumpServer(url));
      await endBy('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
