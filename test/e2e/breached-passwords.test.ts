import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { newEmail } from '../support/graphql-client.js';
import { rangeOfPasswords, startRangeServer } from '../support/range-server.js';
import { startService } from '../support/service-process.js';

test('the service looks passwords up at an address without encryption', async () => {
  const password = 'purple monkey dishwasher';
  const ranges = await startRangeServer();
  ranges.respond((response) => response.end(rangeOfPasswords([password])));
  const database = await createTestDatabase();
  const service = await startService({ DATABASE_URL: database.url, PASSWORD_BREACHED_PASSWORDS_URL: ranges.url });
  const outcome = await service.mutate('register', { email: newEmail(), password });
  expect(outcome).toMatchObject({ __typename: 'WeakPasswordError', violations: ['COMMON_PASSWORD'] });
  expect(await service.stop()).toBe(0);
  await database.drop();
});
