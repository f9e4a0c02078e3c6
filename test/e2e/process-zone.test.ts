import { afterAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { startService } from '../support/service-process.js';

const database = await createTestDatabase();
afterAll(() => database.drop());

const LIST = `query ($filter: AdminUserFilter) { adminUsers(filter: $filter) { nodes { id } } }`;

test.each(['1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'])(
  'a filter by %s is exact in a zone whose offset once had seconds',
  async (instant) => {
    const service = await startService({ DATABASE_URL: database.url, ADMIN_SCHEMA: 'included', TZ: 'Africa/Monrovia' });
    const boss = await service.register();
    await database.sql(`update auth_user set created_at = $2, roles = '{auth:users:read}' where id = $1`, [
      boss.userId,
      instant,
    ]);
    const { accessToken: token } = await service.login(boss);
    const found = async (filter: object): Promise<unknown> => (await service.request(LIST, { filter }, { token })).data;
    const [before, after] = [-1, 1].map((ms) => new Date(Date.parse(instant) + ms).toISOString());
    const all = { adminUsers: { nodes: [{ id: boss.userId }] } };
    const none = { adminUsers: { nodes: [] } };
    expect(await found({ createdAfter: before, createdBefore: after })).toEqual(all);
    expect(await found({ createdAfter: instant, createdBefore: after })).toEqual(none);
    expect(await found({ createdAfter: before, createdBefore: instant })).toEqual(none);
    await service.stop();
  },
);
