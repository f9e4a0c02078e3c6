import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../../packages/embedded-postgres/src/run-program.js';
import {
  hasDebianPostgres,
  POSTGRES_BINARIES,
  startDebianPostgres,
  type PostgresServer,
} from '../support/debian-postgres.js';
import { startMailServer } from '../support/mail-server.js';
import { createOwnedDatabase } from '../support/owned-database.js';
import { runCommand, startService } from '../support/service-process.js';
import { until } from '../support/until.js';

let server: PostgresServer;
let folder: string;

beforeAll(async () => {
  if (!hasDebianPostgres) return void process.stderr.write('PostgreSQL 15 is not installed: its tests are skipped\n');
  server = await startDebianPostgres();
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-backup-'));
});
afterAll(async () => {
  if (!hasDebianPostgres) return;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The documented command of a program of PostgreSQL, with the file and the database of a test. */
async function documented(program: 'pg_dump' | 'pg_restore', file: string, url: string): Promise<string[]> {
  const text = await readFile(new URL('../../docs/guides/operations.md', import.meta.url), 'utf8');
  const line = new RegExp(`^${program} (.+)$`, 'm').exec(text)?.[1] ?? '';
  return line.replaceAll('"$DATABASE_URL"', url).replaceAll('auth.dump', file).split(' ');
}

async function runPostgres(program: 'pg_dump' | 'pg_restore', file: string, url: string): Promise<void> {
  const result = await runProgram(join(POSTGRES_BINARIES, program), await documented(program, file, url));
  expect(result).toEqual({ succeeded: true, output: '' });
}

(hasDebianPostgres ? test : test.skip)('a backup goes on where it was made, with what was not sent yet', async () => {
  const [before, after] = [await createOwnedDatabase('', server.url), await createOwnedDatabase('', server.url)];
  let isReachable = true;
  const mails = await startMailServer({
    decide: () => {
      if (!isReachable) throw new Error('down');
    },
  });
  const settings = { SMTP_URL: mails.url };
  const service = await startService({ DATABASE_URL: before.url, ...settings });
  const ada = await service.register();
  await mails.token(ada.email, 'verify-email');
  isReachable = false;
  await service.mutate('forgotPassword', { email: ada.email });
  const waiting = `select from auth_jobs.job where state = 'retry'`;
  await until(async () => (await before.admin(waiting)).length > 0, 'an email that is sent again later');
  const file = join(folder, 'auth.dump');
  // While the service runs.
  await runPostgres('pg_dump', file, before.url);
  expect(await service.stop()).toBe(0);

  await runPostgres('pg_restore', file, after.url);
  expect((await runCommand(['migrate', 'status'], { DATABASE_URL: after.url })).code).toBe(0);
  isReachable = true;
  await after.admin(`update auth_jobs.job set start_after = now() where state = 'retry'`);
  const restored = await startService({ DATABASE_URL: after.url, ...settings });
  const resetToken = await mails.token(ada.email, 'reset-password');
  expect((await restored.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
  const newPassword = 'another horse battery staple';
  expect((await restored.mutate('resetPassword', { token: resetToken, newPassword })).__typename).toBe(
    'PasswordChanged',
  );
  await restored.login({ ...ada, password: newPassword });
  await until(() => mails.to(ada.email, 'password-changed')[0], 'the email about the new password');
  expect(await restored.stop()).toBe(0);
  expect(restored.output('stderr')).toBe('');
});
