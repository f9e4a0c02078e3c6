import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { adminUrl, runSql } from '../support/database.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let dropRole: () => Promise<unknown> = () => Promise.resolve();
afterAll(() => dropRole());

describe('an unexpected error', () => {
  test('is masked, and its id is logged, without the contents of the request', async () => {
    const { logger, lines, text } = recordingLogger();
    const app = await createTestApp({ logger });
    await app.database.sql('alter table auth_user rename column first_name to forename');
    const input = { email: newEmail(), password: DEFAULT_PASSWORD, firstName: 'Ada-of-the-log' };
    const answer = await app.mutation('register', input);
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ register: null });
    const [error] = answer.errors;
    expect(error).toEqual({
      message: 'Internal server error',
      path: ['register'],
      locations: expect.anything(),
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
    });
    expect(lines()).toContainEqual(expect.objectContaining({ errorId: error?.extensions.errorId, code: '42703' }));
    for (const secret of [input.email, input.password, input.firstName]) {
      expect(text()).not.toContain(secret);
      expect(answer.text).not.toContain(secret);
    }
    expect(text()).not.toMatch(/\$2[aby]\$/);
  });

  test('in one field does not affect its siblings', async () => {
    const app = await createTestApp();
    const ada = await app.register();
    await app.database.sql('alter table auth_user rename to auth_user_gone');
    const answer = await app.request('{ me { id } __typename }', {}, { token: ada.accessToken });
    expect(answer.data).toEqual({ me: null, __typename: 'Query' });
    expect(answer.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

test('an error about a missing privilege is masked, and logged with the name of the table', async () => {
  const role = `auth_unprivileged_${randomBytes(6).toString('hex')}`;
  const { logger, lines, text } = recordingLogger();
  const app = await createTestApp({
    logger,
    throughGate: async (url) => {
      await runSql(
        adminUrl(),
        `create role ${role} login password 'of-a-test' in role pg_read_all_data, pg_write_all_data`,
      );
      return Object.assign(new URL(url), { username: role, password: 'of-a-test' }).href;
    },
  });
  dropRole = () => runSql(adminUrl(), `drop role ${role}`);
  await app.register();
  await runSql(adminUrl(), `revoke pg_read_all_data, pg_write_all_data from ${role}`);
  const input = { email: newEmail(), password: DEFAULT_PASSWORD, firstName: 'Ada-of-the-log' };
  const { errors } = await app.mutation('register', input);
  expect(errors).toMatchObject([{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect((await app.server.inject('/revocations')).statusCode).toBe(500);
  const told = lines().filter(({ msg }) => msg === 'unexpected error');
  const message = expect.stringMatching(/^permission denied for table auth_\w+$/);
  expect(told).toEqual([
    expect.objectContaining({ code: '42501', message }),
    expect.objectContaining({ code: '42501', message }),
  ]);
  for (const value of Object.values(input)) expect(text()).not.toContain(value);
});

test('a successful request logs no secret', async () => {
  const { logger, text } = recordingLogger();
  const app = await createTestApp({ logger });
  const ada = await app.register();
  await app.refresh(ada.refreshToken);
  await app.mutate('login', { email: ada.email, password: 'a wrong password' });
  for (const secret of [ada.accessToken, ada.refreshToken, ada.password, 'a wrong password', ada.email])
    expect(text()).not.toContain(secret);
});

describe('when the database is down', () => {
  test('nobody gets in or learns why; the service recovers with the database', async () => {
    const app = await createTestApp();
    const ada = await app.register();
    await app.database.sql('select 1');
    await app.database.cutOff();
    for (const answer of [
      await app.me(ada.accessToken),
      await app.mutation('login', { email: ada.email, password: ada.password }),
      await app.mutation('refresh', { refreshToken: ada.refreshToken }),
    ]) {
      expect(answer.status).toBe(200);
      expect(Object.values(answer.data as object)).toEqual([null]);
      expect(answer.errors.map((error) => error.extensions.code)).toEqual(['SERVICE_UNAVAILABLE']);
      expect(answer.text).not.toMatch(/connect|terminat|postgres/i);
    }
    expect((await app.server.inject('/health/ready')).statusCode).toBe(503);
    expect((await app.server.inject('/health/live')).statusCode).toBe(200);
    await app.database.letIn();
    await until(async () => (await app.server.inject('/health/ready')).statusCode === 200, 'the database');
    expect((await app.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
  });
});
