import { expect, test } from '@jest/globals';
import { createTestApp } from '../support/test-app.js';

/** The timers that keep the process alive. */
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a start that fails leaves nothing running, and the next one succeeds', async () => {
  const app = await createTestApp();
  const { auth, database } = app;
  const before = timers();
  await auth.migrate();
  await database.sql(`create function refuse() returns trigger language plpgsql as $$
    begin raise 'not now'; end $$`);
  await database.sql('create trigger refuse before update on auth_jobs.queue execute function refuse()');
  for (let turn = 0; turn < 2; turn += 1) await expect(auth.start()).rejects.toThrow('not now');
  await database.sql('drop trigger refuse on auth_jobs.queue');
  await auth.start();
  const { email } = await app.register();
  await app.mailer.next(email, 'verify-email');
  await auth.close();
  expect(timers()).toBeLessThanOrEqual(before);
});

test('a role that may not create the job queue is told to migrate', async () => {
  const { database } = await createTestApp();
  const role = `auth_failed_start_${String(process.pid)}`;
  await database.sql(`create role ${role} login password 's3cret' in role pg_read_all_data, pg_write_all_data`);
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: 's3cret' });
  const { auth } = await createTestApp({ database: { url: url.href } });
  await expect(auth.start()).rejects.toMatchObject({
    name: 'DatabaseSetupError',
    message: expect.stringContaining('auth.migrate()'),
  });
  await auth.close();
  await database.sql(`drop role ${role}`);
});
