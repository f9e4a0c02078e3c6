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

const BINARIES = '/usr/lib/postgresql/15/bin';

export const hasDebianPostgres = existsSync(join(BINARIES, 'postgres'));

export interface PostgresServer {
  /** The URL of a superuser. */
  readonly url: string;
  /** The folder of its socket. */
  readonly folder: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** A cluster of Debian's PostgreSQL 15 in its own folder, reachable over loopback and a socket. */
export async function startDebianPostgres(): Promise<PostgresServer> {
  const user = await programUser();
  const folder = await folderOf(user, 'auth-pg15-');
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const made = await runProgram(join(BINARIES, 'initdb'), initdb, { user });
  if (!made.succeeded) throw new Error(made.output);
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
  const child = spawn(join(BINARIES, 'postgres'), ['-D', data, ...words], { ...childOptions(user), stdio: 'ignore' });
  const ended = once(child, 'close');
  const url = `postgresql://postgres@127.0.0.1:${String(port)}/postgres`;
  await until(() => runSql(url, 'select 1').catch(() => undefined), 'PostgreSQL 15');
  return {
    url,
    folder,
    port,
    stop: async () => {
      RunRecord.ofRun().rows(await dumpServer(url));
      child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
