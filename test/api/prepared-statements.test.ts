import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { retryLostRaces } from '../../src/platform/database/lost-races.js';
import { prepareStatements } from '../../src/platform/database/prepared-statements.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const FIND = 'select id, label from item where id = $1';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.sql(`create table item as select 1 as id, 'one'::varchar(10) as label`);
  pool = new pg.Pool({ connectionString: database.url, max: 3 });
  prepareStatements(pool);
  retryLostRaces(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const find = (client: pg.PoolClient): Promise<pg.QueryResult> => client.query(FIND, [1]);

/** The generations of the statement that a connection has prepared. */
async function generationsIn(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from pg_prepared_statements where statement like '${FIND}%' order by prepare_time`,
  );
  return rows.map(({ name }) => /^auth_[0-9a-f]{32}(_\d+)?$/.exec(name)?.[1] ?? '');
}

test('after the type of a column has changed, every connection prepares its statements again, once', async () => {
  const [first, second] = [await pool.connect(), await pool.connect()];
  const both = [first, second];
  await Promise.all(both.map(find));
  expect(await Promise.all(both.map(generationsIn))).toEqual([[''], ['']]);

  await database.sql('alter table item alter column label type text');
  // Both are refused, and repeated.
  const found = await Promise.all(both.map(find));
  expect(found.map(({ rows }) => rows as unknown)).toEqual(both.map(() => [{ id: 1, label: 'one' }]));
  await Promise.all(both.map(find));
  expect(await Promise.all(both.map(generationsIn))).toEqual(both.map(() => ['', '_1']));

  const third = await pool.connect();
  await find(third);
  expect(await generationsIn(third)).toEqual(['_1']);
  for (const client of [...both, third]) client.release();
});

test('a second change is noticed like the first one', async () => {
  const client = await pool.connect();
  await find(client);
  await database.sql('alter table item alter column label type varchar(20)');
  expect((await find(client)).rows).toEqual([{ id: 1, label: 'one' }]);
  expect((await generationsIn(client)).at(-1)).toBe('_2');
  client.release();
});
