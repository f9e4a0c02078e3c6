import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createTestApp } from '../support/test-app.js';

const OTHER_CONNECTIONS = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';

test('a closed subgraph opens no connection, cannot be started, and answers that it is unavailable', async () => {
  const registry = new Registry();
  const app = await createTestApp({ background: true, metrics: registry });
  const { accessToken, userId } = await app.register();
  await app.auth.close();
  await expect(app.auth.start()).rejects.toThrow('closed');
  const { errors } = await app.request('{ me { id } }', {}, { token: accessToken });
  expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
  await expect(app.auth.services.accounts.find(userId)).rejects.toThrow();
  await registry.metrics();
  expect(await app.database.sql(OTHER_CONNECTIONS)).toEqual([]);
});

// In the first cases, it is closed before the start has found out whether the tables are ready.
test.each([0, 5, 20, 60, 150])('a subgraph that is closed %d ms into its start leaves nothing behind', async (ms) => {
  const app = await createTestApp();
  const starting = app.auth.start().catch((error: unknown) => error);
  if (ms > 0) await delay(ms);
  await Promise.all([app.auth.close(), app.auth.close()]);
  expect(await starting).toBeUndefined();
  expect(await app.database.sql(OTHER_CONNECTIONS)).toEqual([]);
});
