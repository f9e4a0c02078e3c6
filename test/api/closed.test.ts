import { setTimeout as delay } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { openGate, type Gate } from '../support/database-gate.js';
import { newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

// Not those of the server itself, such as autovacuum.
const OTHER_CONNECTIONS = `select from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;

const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { __typename } }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { __typename } }`;

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

test('a closed subgraph leaves no connection open that has counted calls', async () => {
  const app = await createTestApp({ rateLimits: { enabled: true } });
  await app.register();
  expect(await app.database.sql('select from auth_rate_limit')).not.toEqual([]);
  await app.auth.close();
  expect(await app.database.sql(OTHER_CONNECTIONS)).toEqual([]);
});

test.each([0, 5, 20, 60, 150])(
  'operations that run when it is closed after %d ms succeed or are unavailable',
  async (ms) => {
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({ logger, rateLimits: { enabled: true } });
    const { accessToken } = await app.register();
    const registrations = Array.from({ length: 30 }, () =>
      app.request(REGISTER, { input: { email: newEmail(), password: 'an otter with a lantern' } }),
    );
    const reads = Array.from({ length: 30 }, () =>
      app.request('{ me { id sessions { id } } }', {}, { token: accessToken }),
    );
    await delay(ms);
    await app.auth.close();
    const answers = await Promise.all([...registrations, ...reads]);
    const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    expect(codes.filter((code) => code !== 'SERVICE_UNAVAILABLE')).toEqual([]);
    if (ms === 0) expect(codes).toContain('SERVICE_UNAVAILABLE');
    expect(lines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  },
);

// In the first cases, it is closed before the start has found out whether the tables are ready.
test.each([0, 5, 20, 60, 150])('a subgraph that is closed %d ms into its start leaves nothing behind', async (ms) => {
  const app = await createTestApp();
  const starting = app.auth.start().catch((error: unknown) => error);
  if (ms > 0) await delay(ms);
  await Promise.all([app.auth.close(), app.auth.close()]);
  expect(await starting).toBeUndefined();
  expect(await app.database.sql(OTHER_CONNECTIONS)).toEqual([]);
});

test('closing waits until the database has ended the connections, but not for ever', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({ throughGate: async (url) => (gate = await openGate(url)).url });
  await app.register();
  // Terminate
  gate?.trap(/^X/, 'keep');
  const closing = app.auth.close();
  await until(() => (gate?.held ?? 0) > 0, 'the end');
  expect(await Promise.race([closing, delay(200, 'waiting')])).toBe('waiting');
  await closing;
});

test('a call that is counted for the first time while it closes opens no connection', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({
    throughGate: async (url) => (gate = await openGate(url)).url,
    rateLimits: { enabled: true, register: 'off' },
  });
  const { email } = await app.register();
  gate?.trap(/^X/, 'keep');
  const closing = app.auth.close();
  await until(() => (gate?.held ?? 0) > 0, 'the end');
  const { errors } = await app.request(LOGIN, { input: { email, password: 'wrong' } });
  expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
  await closing;
  expect(await app.database.sql(`${OTHER_CONNECTIONS} and query ilike '%auth_rate_limit%'`)).toEqual([]);
});

test.each([
  ['never ends', () => new Promise<void>(() => undefined), undefined],
  ['fails', () => Promise.reject(new Error('the mail server is away')), new Error('the mail server is away')],
])('a mailer whose close %s leaves no connection open', async (_how, failure, outcome) => {
  // The test ends with a second call.
  const close = jest.fn(() => Promise.resolve()).mockImplementationOnce(failure);
  const app = await createTestApp({ background: true, mailer: { send: () => Promise.resolve(), close } });
  expect(await app.auth.close().catch((error: unknown) => error)).toEqual(outcome);
  expect(await app.database.sql(OTHER_CONNECTIONS)).toEqual([]);
});
