import { beforeAll, expect, test } from '@jest/globals';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';
import { until } from '../support/until.js';

let mails: MailServer;
let cluster: Cluster;
beforeAll(async () => {
  mails = await startMailServer();
  // Every request counts: a limit would leave one link to be created.
  const noLimit = { EMAIL_LIMIT_INTERVAL_SECONDS: '0', EMAIL_LIMIT_MAX_PER_HOUR: '0' };
  cluster = await startTwoServices({ SMTP_URL: mails.url, ...noLimit });
});

test('of many links that are created at once the last one is valid, and no other', async () => {
  const ada = await cluster.service(0).register();
  const release = await cluster.database.lockRows('auth_user', [ada.userId]);
  await atOnce(8, (turn) => cluster.service(turn).mutate('forgotPassword', { email: ada.email }));
  const waiting = `select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await until(async () => Number((await cluster.database.sql(waiting))[0]?.['count']) > 1, 'two that wait');
  await release();
  const undecided = `select count(*)::int as count from auth_outbox`;
  await until(async () => (await cluster.database.sql(undecided))[0]?.['count'] === 0, 'the outbox');
  const jobs = `select count(*)::int as count from auth_jobs.job where state in ('created', 'retry', 'active') and data::text like '%PasswordResetLinkRequested%'`;
  await until(async () => (await cluster.database.sql(jobs))[0]?.['count'] === 0, 'the jobs');
  const tokens = `select count(*)::int as count from auth_one_time_token where user_id = $1 and purpose = 'RESET_PASSWORD' and consumed_at is null`;
  expect(await cluster.database.sql(tokens, [ada.userId])).toEqual([{ count: 1 }]);
});
