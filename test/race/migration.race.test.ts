import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { gateBefore } from '../support/database-gate.js';
import { startService } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';

const PROCESSES = 4;

test('four processes that start concurrently on an empty database migrate it once, and all start', async () => {
  const database = await createTestDatabase({ empty: true });
  const url = await gateBefore(database.url, PROCESSES);
  const services = await atOnce(PROCESSES, () => startService({ DATABASE_URL: url }));
  const ada = await services[0]?.register();
  for (const service of services)
    expect((await service.me(ada?.accessToken)).data).toMatchObject({ me: { id: ada?.userId } });
  const applied = await database.sql<{ name: string }>('select name from auth_migration order by id');
  const names = applied.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names.slice(0, 3)).toEqual(['initial', 'account-lifecycle', 'roles']);
  expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0, 0]);
  await database.drop();
}, 60_000);
