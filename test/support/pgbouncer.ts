import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childOptions } from '../../packages/embedded-postgres/src/run-program.js';
import { runSql } from './database.js';
import { freePort } from './free-port.js';
import { folderOf, programUser } from './unprivileged.js';
import { until } from './until.js';

const PROGRAM = '/usr/sbin/pgbouncer';

export const hasPgBouncer = existsSync(PROGRAM);

export interface Pooler {
  /** The same database through the pooler, under a name that only the pooler knows. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A PgBouncer in transaction mode in front of a database, otherwise with Debian's defaults and the settings given. */
export async function startPgBouncer(databaseUrl: string, settings: Record<string, string> = {}): Promise<Pooler> {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const user = await programUser();
  const folder = await folderOf(user, 'auth-pgbouncer-');
  const own = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  await writeFile(users, `"${username}" "${password}"\n`);
  const all = { auth_type: 'any', auth_file: users, pool_mode: 'transaction', ...settings };
  await writeFile(
    file,
    `[databases]
pooled = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(own)}
unix_socket_dir =
${Object.entries(all)
  .map(([name, value]) => `${name} = ${value}`)
  .join('\n')}
`,
  );
  const child = spawn(PROGRAM, ['-q', file], { ...childOptions(user), stdio: 'ignore' });
  const ended = once(child, 'close');
  const url = `postgresql://${username}:${password}@127.0.0.1:${String(own)}/pooled`;
  await until(() => runSql(url, 'select 1').catch(() => undefined), 'PgBouncer');
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
