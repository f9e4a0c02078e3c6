import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService } from '../support/service-process.js';

const HOOK = pathToFileURL(fileURLToPath(import.meta.resolve('import-in-the-middle/hook.mjs'))).href;
const REGISTER = `import{register}from'node:module';register('${HOOK}',import.meta.url)`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.each([
  [
    'variables of a router that reports to Apollo',
    { APOLLO_KEY: 'service:x:y', APOLLO_GRAPH_REF: 'x@y', APOLLO_SCHEMA_REPORTING: 'true' },
  ],
  ['a hook for all ES modules', { NODE_OPTIONS: `--import=data:text/javascript,${REGISTER}` }],
])('the service starts with %s, and warns of nothing', async (_name, variables) => {
  const service = await startService({ DATABASE_URL: database.url, ...variables });
  const ada = await service.register();
  expect((await service.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
  expect(await service.stop()).toBe(0);
  expect(service.output()).not.toMatch(/"level":[4-6]0/);
});
