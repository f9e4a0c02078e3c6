import { expect, test } from '@jest/globals';
import { RolesChanged } from '../../src/features/roles/role.events.js';
import { dumpRows } from '../support/database-dump.js';
import type { SignedIn } from '../support/graphql-client.js';
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
