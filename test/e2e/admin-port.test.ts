import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type ServiceProcess } from '../support/service-process.js';

let database: TestDatabase;
let service: ServiceProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ DATABASE_URL: database.url, ADMIN_SCHEMA: 'separate', ADMIN_PORT: '0' });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function codesFrom(url: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ adminUsers { nodes { id } } }' }),
  });
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
}

test('with ADMIN_SCHEMA=separate, the service has user management on its second port only', async () => {
  const [, url = ''] = /^User management is on (\S+)$/m.exec(service.output()) ?? [];
  expect(await codesFrom(url)).toEqual(['UNAUTHENTICATED']);
  expect(await codesFrom(service.url)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
});
