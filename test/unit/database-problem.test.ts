import { expect, test } from '@jest/globals';
import { databaseProblem } from '../../src/cli/database-problem.js';
import { DatabaseUnavailableError } from '../../src/platform/database/unavailable-error.js';

const URL_WITH_PASSWORD = 'postgresql://ada:s3cret@db.example.com/auth';

async function messageFor(error: Error): Promise<string | undefined> {
  return (await databaseProblem(error, URL_WITH_PASSWORD))?.message;
}

test.each(['42P05', '26000'])('a pooler that keeps no prepared statements is named by its error %s', async (code) => {
  const error = Object.assign(new Error('prepared statement "auth_1" …'), { code, severity: 'ERROR' });
  expect(await messageFor(error)).toMatch(/Behind PgBouncer, set DATABASE_PREPARED_STATEMENTS=false\.$/);
});

test.each([
  ['ECONNREFUSED', true],
  ['EPIPE', true],
  ['EPERM', true],
  [undefined, true],
  ['08P01', false],
  ['53300', false],
  ['57P03', false],
  ['25006', false],
])('with the code %s, whether the server may not be running is %s', async (code, isHinted) => {
  const error = new DatabaseUnavailableError('unreachable', Object.assign(new Error('what it says'), { code }));
  const message = await messageFor(error);
  expect(message).toContain('(postgresql://ada@db.example.com/auth) is unavailable: what it says.');
  expect(message?.includes('Check that the server is running')).toBe(isHinted);
});
