import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { startService } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';

test('four processes that start at once on an empty database migrate it once, and all come up', async () => {
  const database = await createTestDatabase({ empty: true });
  const services = await atOnce(4, () => startService({ DATABASE_URL: database.url }));
  const ada = await services[0]?.register();
  for (const service of services)
    expect((await service.me(ada?.accessToken)).data).toMatchObject({ me: { id: ada?.userId } });
  const applied = await database.sql<{ name: string }>('select name from auth_migration order by id');
  expect(applied.map(({ name }) => name)).toEqual(['initial', 'account-lifecycle']);
  expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0, 0]);
  await database.drop();
}, 60_000);
