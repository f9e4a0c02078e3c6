import { expect, test } from '@jest/globals';
import { createTestApp } from '../support/test-app.js';

const WEEK = 7 * 24 * 60 * 60;

test('of restoring and erasing an account at the deadline, one happens', async () => {
  const app = await createTestApp();
  const late = await createTestApp({ database: { url: app.database.url } });
  late.clock.advance(WEEK);
  const users = await Promise.all(Array.from({ length: 20 }, () => app.register()));
  for (const { email } of users) await app.auth.services.accountClosing.close(email);
  const restore = ({ email }: { email: string }): Promise<boolean> => app.auth.services.accounts.reactivate(email);
  const [restored] = await Promise.all([
    Promise.allSettled(users.map(restore)),
    late.auth.services.housekeeping.run(),
    late.auth.services.housekeeping.run(),
  ]);
  const idsOf = async (query: string): Promise<string[]> =>
    (await app.database.sql<{ id: string }>(query)).map(({ id }) => id).sort();
  const winners = users.filter((_user, at) => restored[at]?.status === 'fulfilled').map(({ userId }) => userId);
  const losers = users.map(({ userId }) => userId).filter((id) => !winners.includes(id));
  expect(await idsOf('select id from auth_user where active')).toEqual(winners.sort());
  expect(await idsOf("select payload->>'userId' as id from auth_outbox where name = 'UserErased'")).toEqual(
    losers.sort(),
  );
  expect(await idsOf("select payload->>'userId' as id from auth_outbox where name = 'UserReactivated'")).toEqual(
    winners,
  );
});
