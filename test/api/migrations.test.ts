import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { connect, migrate } from '../../src/persistence/orm.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  orm = await connect({ url: database.url, poolSize: 2 });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

async function tables(): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  return rows.map(({ name }) => name).filter((name) => name !== 'auth_migration');
}

test('the migrations create everything, drop everything, and create it again', async () => {
  await migrate(database.url);
  const created = await tables();
  expect(created).toEqual([
    'auth_device',
    'auth_login_attempt',
    'auth_one_time_token',
    'auth_outbox',
    'auth_session',
    'auth_user',
  ]);
  await orm.migrator.down({ to: 0 });
  expect(await tables()).toEqual([]);
  await migrate(database.url);
  expect(await tables()).toEqual(created);
});

test('migrating what is up to date changes nothing', async () => {
  await migrate(database.url);
  const done = await database.sql('select name, executed_at from auth_migration order by id');
  await migrate(database.url);
  expect(await database.sql('select name, executed_at from auth_migration order by id')).toEqual(done);
});

test('the migrations make the schema that the entities describe', async () => {
  await migrate(database.url);
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
});

test('the database itself keeps two accounts of one address apart', async () => {
  await migrate(database.url);
  const insert = `insert into auth_user (id, email, password_hash, active, created_at)
    values (gen_random_uuid(), 'ada@example.com', 'x', true, clock_timestamp())`;
  await database.sql(insert);
  await expect(database.sql(insert)).rejects.toThrow('auth_user_email_unique');
});
