import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createTestApp } from '../support/test-app.js';

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
  const others = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  expect(await app.database.sql(others)).toEqual([]);
});
