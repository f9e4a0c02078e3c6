import { expect, test } from '@jest/globals';
import { TABLES } from '../../src/features.js';
import { systemClock } from '../../src/platform/clock.js';
import { openDatabase } from '../../src/platform/database/database.js';
import { silentLogger } from '../../src/platform/logger.js';
import { createTestDatabase } from '../support/database.js';

test('a refused write replaces the connections for counting calls too', async () => {
  const temporary = await createTestDatabase();
  const { url } = temporary;
  const database = openDatabase({ url, poolSize: 2, tables: TABLES }, { clock: systemClock, logger: silentLogger });
  const counters = database.counterPool();
  const connection = async (): Promise<number | undefined> => {
    const { rows } = await counters.query<{ pid: number }>('select pg_backend_pid() as pid');
    return rows[0]?.pid;
  };
  const before = await connection();
  expect(await connection()).toBe(before);

  const client = await database.requestPool.connect();
  await client.query('set default_transaction_read_only = on');
  await expect(client.query('create table refused ()')).rejects.toThrow('read-only transaction');
  client.release();
  expect(await connection()).not.toBe(before);

  await database.close();
  await temporary.drop();
});
