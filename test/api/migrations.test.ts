import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { TABLES } from '../../src/features.js';
import { connect, migrate, needsMigration } from '../../src/platform/database/orm.js';
import { atOnce } from '../support/shared-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTestApp } from '../support/test-app.js';

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  orm = connect({ url: database.url, poolSize: 2, tables: TABLES });
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
  await migrate(database.url, TABLES);
  const created = await tables();
  expect(created).toEqual([
    'auth_device',
    'auth_email_limit',
    'auth_import',
    'auth_login_attempt',
    'auth_one_time_token',
    'auth_outbox',
    'auth_rate_limit',
    'auth_registration_claim',
    'auth_security_event',
    'auth_service_account',
    'auth_service_key',
    'auth_session',
    'auth_user',
    'auth_user_metadata',
  ]);
  await orm.migrator.down({ to: 0 });
  expect(await tables()).toEqual([]);
  await migrate(database.url, TABLES);
  expect(await tables()).toEqual(created);
});

test('users whose Greek names an earlier release stored are found as those of this one', async () => {
  await migrate(database.url, TABLES);
  await orm.migrator.down({ to: 'open-to-claims' });
  await database.sql(`insert into auth_user (id, email, first_name, last_name, active, created_at, name_key, sort_name_key)
    values (gen_random_uuid(), 'a@example.com', 'Γιώργος', null, true, now(), 'γιωργος', null),
      (gen_random_uuid(), 'b@example.com', 'Σοφία', 'Παππάς', true, now(), 'σοφια παππας', 'παππας σοφια'),
      (gen_random_uuid(), 'c@example.com', 'Ada', null, true, now(), 'ada', null)`);
  await migrate(database.url, TABLES);
  expect(await database.sql('select name_key, sort_name_key from auth_user order by email')).toEqual([
    { name_key: 'γιωργοσ', sort_name_key: null },
    { name_key: 'σοφια παππασ', sort_name_key: 'παππασ σοφια' },
    { name_key: 'ada', sort_name_key: null },
  ]);
  await database.sql('delete from auth_user');
});

test('migrating an up-to-date database changes nothing', async () => {
  await migrate(database.url, TABLES);
  const done = await database.sql('select * from auth_migration');
  await migrate(database.url, TABLES);
  expect(await database.sql('select * from auth_migration')).toEqual(done);
  expect(done).toHaveLength((await orm.migrator.getExecuted()).length);
});

test('the migrations create the schema that the entities describe', async () => {
  await migrate(database.url, TABLES);
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
});

test('an index is built again if its building was interrupted, or if it is gone', async () => {
  await migrate(database.url, TABLES);
  const isValid = async (): Promise<Record<string, unknown>[]> =>
    database.sql(`select relname as name, indisvalid as valid from pg_index join pg_class on pg_class.oid = indexrelid
      where relname in ('auth_user_name_index', 'auth_user_domain_index') order by 1`);
  const built = await isValid();
  expect(built.map(({ valid }) => valid)).toEqual([true, true]);
  await database.sql(`update pg_index set indisvalid = false where indexrelid = 'auth_user_name_index'::regclass`);
  await database.sql('drop index auth_user_domain_index');
  expect(await needsMigration(orm, TABLES)).toBe(true);
  await migrate(database.url, TABLES);
  expect(await isValid()).toEqual(built);
  expect(await needsMigration(orm, TABLES)).toBe(false);
});

test('an index of another schema on the search path is left alone, and is no substitute', async () => {
  const shared = await createTestDatabase({ empty: true });
  const along = (path: string): string => `${shared.url}&options=-c%20search_path%3D${path}`;
  await shared.sql('create schema app');
  await migrate(along('app'), TABLES);
  await migrate(along('public'), TABLES);
  await shared.sql(`update pg_index set indisvalid = false where indexrelid = 'public.auth_user_name_index'::regclass`);
  await shared.sql('drop index app.auth_user_name_index, app.auth_user_domain_index');
  await migrate(along('app,public'), TABLES);
  const indexes =
    await shared.sql(`select relnamespace::regnamespace::text as schema, relname as name, indisvalid as valid
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relname in ('auth_user_name_index', 'auth_user_domain_index') order by 1, 2`);
  expect(indexes).toEqual([
    { schema: 'app', name: 'auth_user_domain_index', valid: true },
    { schema: 'app', name: 'auth_user_name_index', valid: true },
    { schema: 'public', name: 'auth_user_domain_index', valid: true },
    { schema: 'public', name: 'auth_user_name_index', valid: false },
  ]);
  await shared.drop();
});

test('an index that is missing is pending until it is built', async () => {
  const app = await createTestApp();
  await app.auth.migrate();
  expect(await app.auth.pendingMigrations()).toEqual([]);
  await app.database.sql('drop index auth_user_domain_index');
  expect(await app.auth.pendingMigrations()).toEqual(['auth_user_domain_index']);
  await app.auth.migrate();
  expect(await app.auth.pendingMigrations()).toEqual([]);
});

test('the database itself rejects two accounts with the same address', async () => {
  await migrate(database.url, TABLES);
  const insert = `insert into auth_user (id, email, password_hash, active, created_at)
    values (gen_random_uuid(), 'ada@example.com', 'x', true, clock_timestamp())`;
  await database.sql(insert);
  await expect(database.sql(insert)).rejects.toThrow('auth_user_email_unique');
});

test('sessions and failed attempts from before the newest migrations are kept', async () => {
  const before = await createTestApp();
  const { url } = before.database;
  const ada = await before.register();
  const refreshed = await before.refresh(ada.refreshToken);
  const guess = { email: ada.email, password: 'wrong' };
  for (let time = 0; time < 4; time += 1) await before.mutate('login', guess);
  const own = connect({ url, poolSize: 1, tables: TABLES });
  await own.migrator.down({ to: 'roles' });
  await own.close();
  await migrate(url, TABLES);
  const after = await createTestApp({ database: { url }, clock: before.clock });
  expect(await after.refresh(ada.refreshToken)).toEqual(refreshed);
  const next = await after.refresh(refreshed.tokens?.refreshToken ?? '');
  expect(await after.refresh(ada.refreshToken)).toEqual(next);
  expect((await after.mutate('login', guess)).__typename).toBe('InvalidCredentialsError');
  expect((await after.mutate('login', guess)).__typename).toBe('AccountLockedError');
});

test('a new database has no account', async () => {
  const { database: fresh } = await createTestApp();
  expect(await fresh.sql('select count(*)::int as accounts from auth_user')).toEqual([{ accounts: 0 }]);
});

test('a service that is running keeps serving when a migration changes the type of a column', async () => {
  const app = await createTestApp({ lockout: { enabled: false } });
  await app.database.sql(`alter table auth_user alter column password_hash type varchar(100)`);
  await app.database.sql(`delete from auth_migration where name = 'foreign-hashes'`);
  const ada = await app.register();
  const outcomes = async (): Promise<ReadonlySet<string>> => {
    const password = { currentPassword: ada.password, newPassword: ada.password };
    const logins = await atOnce(10, () => app.mutate('login', { email: ada.email, password: ada.password }));
    const changes = await atOnce(10, (turn) =>
      app.mutate('changePassword', password, { token: logins[turn]?.tokens?.accessToken }),
    );
    return new Set([...logins, ...changes].map(({ __typename }) => __typename));
  };
  const before = await outcomes();
  await migrate(app.database.url, TABLES);
  expect(await outcomes()).toEqual(before);
});
