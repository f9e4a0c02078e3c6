import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = fileURLToPath(new URL('../../node_modules/@mikro-orm/cli/cli.js', import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("MikroORM's command line finds the configuration and sees a migrated database as up to date", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'migration:check'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
  });
  expect(stdout).toContain('schema is up-to-date');
});
