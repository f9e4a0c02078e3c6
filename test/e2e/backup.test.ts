import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../packages/embedded-postgres/src/run-program.js';
import { BINARIES, hasDebianPostgres, startDebianPostgres, type PostgresServer } from '../support/debian-postgres.js';
import { startMailServer } from '../support/mail-server.js';
import { createOwnedDatabase } from '../support/owned-database.js';
import { blocksOf } from '../support/pages.js';
import { runCommand, startService } from '../support/service-process.js';
import { until } from '../support/until.js';

if (!hasDebianPostgres) process.stderr.write('PostgreSQL 15 of Debian is not installed: backups are not tested\n');

/** Runs the documented command of a program of PostgreSQL, with the file and the database of a test. */
async function runDocumented(program: 'pg_dump' | 'pg_restore', file: string, url: string): Promise<void> {
  const block = blocksOf('docs/guides/operations.md', 'sh').find(({ code }) => code.startsWith(program));
  const [, ...words] = block?.code.trim().split(' ') ?? [];
  const flags = words.map((word) => word.replace('"$DATABASE_URL"', url).replace('auth.dump', file));
  expect(await runProgram(join(BINARIES, program), flags)).toEqual({ succeeded: true, output: '' });
}

(hasDebianPostgres ? describe : describe.skip)('with PostgreSQL 15 of Debian', () => {
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    server = await startDebianPostgres();
    folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-backup-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a backup goes on where it was made, with what was not sent yet', async () => {
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
    await runDocumented('pg_dump', file, before.url);
    expect(await service.stop()).toBe(0);

    await runDocumented('pg_restore', file, after.url);
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
});
