import { expect, test } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** Starts the calls one after the other while the user's row is locked, and then lets them go on in this order. */
async function queueUp(app: TestApp, userId: string, calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  const release = await app.database.lockRows('auth_user', [userId]);
  const running: Promise<unknown>[] = [];
  for (const call of calls) {
    running.push(call());
    await app.database.untilWaiting('with pair as', running.length);
  }
  await release();
  await Promise.all(running);
}

test('a key that is removed while the first keys of a document are written is gone, and the event says so', async () => {
  const app = await createTestApp();
  const { profiles, metadata } = app.auth.services;
  const { userId } = await app.register();
  await queueUp(app, userId, [
    () => profiles.update(userId, { preferences: { theme: 'dark' } }),
    () => profiles.update(userId, { preferences: { theme: null } }),
    () => profiles.update(userId, { preferences: { theme: null } }),
  ]);
  expect(await metadata.find('preferences', [userId])).toEqual([{}]);
  const events = `select payload -> 'fields' as fields from auth_outbox where name = 'ProfileUpdated'`;
  expect(await app.database.sql(events)).toEqual([{ fields: ['preferences'] }, { fields: ['preferences'] }]);
});

test('keys that are removed from a document that does not exist cause no event', async () => {
  const app = await createTestApp();
  const { userId } = await app.register();
  await app.auth.services.profiles.update(userId, { preferences: { theme: null }, publicMetadata: {} });
  await app.auth.services.profiles.update(userId, { preferences: {} });
  expect(await app.database.sql(`select from auth_outbox where name = 'ProfileUpdated'`)).toEqual([]);
});

test('a change back to what a concurrent one has replaced is in its event, and an unchanged document is not', async () => {
  const app = await createTestApp();
  const { profiles, metadata } = app.auth.services;
  const { userId } = await app.register();
  const first = { publicMetadata: { a: 1 }, privateMetadata: { b: 1 } };
  await profiles.update(userId, first);
  await queueUp(app, userId, [
    () => profiles.update(userId, { publicMetadata: { a: 2 } }),
    async () => expect(await profiles.update(userId, first)).toMatchObject({ changed: true }),
  ]);
  expect(await metadata.find('publicMetadata', [userId])).toEqual([{ a: 1 }]);
  const events = `select payload -> 'fields' as fields from auth_outbox where name = 'ProfileUpdated'`;
  const fields = (await app.database.sql<{ fields: string[] }>(events)).map((event) => event.fields);
  expect(fields).toEqual([['publicMetadata', 'privateMetadata'], ['publicMetadata'], ['publicMetadata']]);
});
