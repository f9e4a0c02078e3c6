import { expect, test } from '@jest/globals';
import { TABLES } from '../../src/features.js';
import { migrate } from '../../src/platform/database/orm.js';
import { createTestDatabase } from '../support/database.js';
import { gateBefore } from '../support/database-gate.js';
import { startService } from '../support/service-process.js';
import { atOnce } from '../support/shared-database.js';
import { until } from '../support/until.js';

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
});

// A concurrent build waits until every transaction ends that happens to run a statement when it starts.
test('a process that waits until another one has built the indexes has no transaction open', async () => {
  const database = await createTestDatabase();
  await database.sql('drop index auth_user_domain_index');
  const release = await database.lock('auth_user');
  const building = migrate(database.url, TABLES);
  await database.untilWaiting('create index concurrently');
  const waiting = migrate(database.url, TABLES);
  const betweenTries = `select from pg_stat_activity where datname = current_database() and query = 'commit'
    and state = 'idle' and clock_timestamp() - state_change > interval '100 ms'`;
  await until(async () => (await database.sql(betweenTries)).length > 0, 'a process that waits without a transaction');
  await release();
  await Promise.all([building, waiting]);
  const [index] = await database.sql(
    `select indisvalid from pg_index where indexrelid = 'auth_user_domain_index'::regclass`,
  );
  expect(index).toEqual({ indisvalid: true });
  await database.drop();
});
