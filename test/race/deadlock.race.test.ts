import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import pg from 'pg';
import { TABLES } from '../../src/features.js';
import { connect, forkEntityManager, migrate, pendingMigrations } from '../../src/platform/database/orm.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.sql('create table counter as select id, 0 as count from generate_series(1, 2) id');
  orm = connect({ url: database.url, poolSize: 4, tables: TABLES });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

test('two deadlocked transactions both succeed, each once', async () => {
  let firstSteps = 0;
  const bothHaveBegun = Promise.withResolvers<undefined>();
  let runs = 0;

  async function cross(first: number, second: number): Promise<void> {
    const em = forkEntityManager(orm);
    const raise = (id: number): Promise<unknown> =>
      sql`update counter set count = count + 1 where id = ${id}`.execute(em.getKysely());
    await new UnitOfWork(em).transaction(async () => {
      runs += 1;
      await raise(first);
      firstSteps += 1;
      if (firstSteps === 2) bothHaveBegun.resolve(undefined);
      await bothHaveBegun.promise;
      await raise(second);
    });
  }

  await Promise.all([cross(1, 2), cross(2, 1)]);
  expect(await database.sql('select count from counter order by id')).toEqual([{ count: 2 }, { count: 2 }]);
  expect(runs).toBe(3);
});

test('any other failure is not retried', async () => {
  let runs = 0;
  const failing = new UnitOfWork(forkEntityManager(orm)).transaction(() => {
    runs += 1;
    return Promise.reject(new RangeError('once'));
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(runs).toBe(1);
});

test('a migration that deadlocks with a session is repeated, and is done then', async () => {
  const used = await createTestDatabase({ empty: true });
  await migrate(used.url, TABLES);
  const migrator = connect({ url: used.url, poolSize: 2, tables: TABLES });
  await migrator.migrator.down({ to: 'account-lifecycle' });
  // The migration looks for deadlocks after this time, and the session never.
  await used.sql(`alter database ${new URL(used.url).pathname.slice(1)} set deadlock_timeout = '3s'`);
  const session = new pg.Client({ connectionString: used.url, options: '-c deadlock_timeout=1h' });
  await session.connect();
  await session.query('begin');
  await session.query('select from auth_one_time_token');
  const migration = migrate(used.url, TABLES);
  await used.untilWaiting('auth_one_time_token');
  await session.query('select from auth_user');
  await session.query('commit');
  await migration;
  expect(await pendingMigrations(migrator)).toEqual([]);
  await session.end();
  await migrator.close();
  await used.drop();
});
