import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { RolesChanged } from '../../src/features/roles/role.events.js';
import { dumpRows } from '../support/database-dump.js';
import type { SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const WEEK = 7 * 24 * 60 * 60;
const origin = { ipAddress: '192.0.2.77', userAgent: 'Netscape of the operator' };

async function changeRoles(app: TestApp, by: SignedIn, of: SignedIn): Promise<void> {
  const operator = { actor: { kind: 'OPERATOR', id: by.userId }, ...origin } as const;
  await app.auth.actAs(operator, () => app.auth.services.roles.set(of.userId, ['editor']));
}

async function erase(app: TestApp, ...users: SignedIn[]): Promise<void> {
  for (const { email } of users) await app.auth.services.accountClosing.close(email);
  app.clock.advance(WEEK);
  await app.auth.services.housekeeping.run();
}

/** The tables that say where the operator was. */
async function placesOfOrigin({ database }: TestApp): Promise<string[]> {
  const rows = await dumpRows(database.url);
  const found = rows.filter(({ text }) => Object.values(origin).some((each) => text.includes(each)));
  return [...new Set(found.map(({ table }) => table))].sort();
}

test('removes from a parked delivery about someone else where the erased user was', async () => {
  const app = await createTestApp();
  app.auth.events.on(RolesChanged, () => {
    throw Object.assign(new Error('not today'), { permanent: true });
  });
  await app.auth.start();
  const [ada, bob] = [await app.register(), await app.register()];
  await changeRoles(app, ada, bob);
  await until(async () => (await app.auth.deliveries.listParked()).length === 1, 'the parked delivery');
  expect(await placesOfOrigin(app)).toContain('auth_jobs.job_common');
  await erase(app, ada);
  expect(await placesOfOrigin(app)).toEqual([]);
  expect(await app.auth.deliveries.listParked()).toHaveLength(1);
});

test('removes from an event about someone else where the erased user was, but not who it was', async () => {
  const app = await createTestApp();
  const [ada, bob] = [await app.register(), await app.register()];
  await changeRoles(app, ada, bob);
  expect(await placesOfOrigin(app)).toEqual(['public.auth_outbox']);
  await erase(app, ada);
  expect(await placesOfOrigin(app)).toEqual([]);
  const events = await app.database.sql("select origin->'actor' as actor from auth_outbox where name = 'RolesChanged'");
  expect(events).toEqual([{ actor: { kind: 'OPERATOR', id: ada.userId } }]);
});

test('goes on with other accounts if one cannot be deleted, logs its id, and tries again later', async () => {
  const { logger, lines } = recordingLogger();
  const metrics = new Registry();
  const app = await createTestApp({ logger, metrics });
  const failures = (): Promise<string> => metrics.getSingleMetricAsString('auth_housekeeping_failures_total');
  expect(await failures()).toMatch(/ 0$/m);
  const [ada, bob, eve] = [await app.register(), await app.register(), await app.register()];
  await app.database.sql('create table invoice (user_id uuid references auth_user)');
  await app.database.sql('insert into invoice values ($1)', [ada.userId]);
  await erase(app, ada, bob, eve);
  const left = (): Promise<object[]> => app.database.sql('select id from auth_user');
  expect(await left()).toEqual([{ id: ada.userId }]);
  const errors = lines().filter(({ msg }) => msg === 'an account could not be erased');
  expect(errors).toMatchObject([{ level: 50, userId: ada.userId, code: '23503', constraint: 'invoice_user_id_fkey' }]);
  expect(await failures()).toMatch(/ 1$/m);
  await app.database.sql('drop table invoice');
  expect(await app.auth.services.housekeeping.run()).toBe(1);
  expect(await left()).toEqual([]);
});

test('takes place even if an earlier step of the housekeeping fails', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  await app.database.sql('alter table auth_security_event rename to hidden');
  await app.database.sql('create view auth_security_event as select * from hidden');
  await app.database.sql(`create rule refused as on delete to auth_security_event do instead select 1 / 0`);
  await expect(erase(app, ada)).rejects.toThrow();
  expect(await app.database.sql('select id from auth_user')).toEqual([]);
});
