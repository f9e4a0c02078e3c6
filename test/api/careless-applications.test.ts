import { ApolloServer } from '@apollo/server';
import { describe, expect, jest, test } from '@jest/globals';
import { createTokenVerifier, type Logger } from '../../packages/verifier/src/index.js';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import { UserLoggedIn } from '../../src/core/authentication/authentication.events.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { ConfigError, type Mailer } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const broken = (): never => {
  throw new Error('the disk is full');
};

describe.each<[string, () => void]>([
  ['throws', broken],
  ['is asynchronous and rejects', () => Promise.reject(new Error('the disk is full')) as unknown as undefined],
])('a logger that %s', (_name, fail) => {
  const logger: Logger = { debug: fail, info: fail, warn: fail, error: fail };

  test('leaves unexpected errors their id', async () => {
    const app = await createTestApp({ background: true, logger, claims: () => 7 as never, mailer: undefined });
    const failed = await app.mutation('register', { email: newEmail(), password: 'correct horse battery' });
    expect(failed.errors[0]?.extensions).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.any(String) as unknown,
    });
    await app.auth.close();
  });

  test('stops no emails', async () => {
    const app = await createTestApp({ background: true, logger });
    for (let round = 0; round < 2; round += 1) {
      const { email } = await app.register();
      expect(await app.mailer.token(email, 'verify-email')).toBeTruthy();
    }
    await allDelivered(app);
    await app.auth.close();
  });

  test('stops no verifier', async () => {
    const auth = createTestAuth();
    let calls = 0;
    const fetch = (): Promise<Response> => {
      calls += 1;
      return Promise.reject(new TypeError('fetch failed'));
    };
    const revocations = { everySeconds: 0.02, uri: 'https://auth.example.com/revocations' };
    const verifier = createTokenVerifier({ ...auth.verifierOptions, revocations, fetch, logger });
    await verifier.verify(auth.signTestToken());
    await until(() => calls > 3, 'more requests');
    await expect(verifier.verify('no token')).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    verifier.close();
  });
});

test('the first failure of a logger is announced by a warning', async () => {
  const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const logger = { debug: broken, info: broken, warn: broken, error: broken };
  const app = await createTestApp({ logger, claims: broken });
  for (let round = 0; round < 2; round += 1) await app.mutation('login', { email: newEmail(), password: 'x' });
  expect(emitWarning.mock.calls.map(([message]) => message)).toEqual([
    'The logger failed (Error), and lines of the log are missing.',
  ]);
  emitWarning.mockRestore();
});

test.each([{ ok: false }, 1, 'no'])('a hasher that returns %j instead of true lets nobody in', async (returned) => {
  const hasher = {
    hash: (password: string) => Promise.resolve(`hash of ${String(password.length)}`),
    verify: () => Promise.resolve(returned as unknown as boolean),
    needsRehash: () => false,
  };
  const app = await createTestApp({ hasher });
  const { email, password } = await app.register();
  expect((await app.mutate('login', { email, password })).code).toBe('AUTH_INVALID_CREDENTIALS');
});

test.each([null, '', 'an id', [undefined], {}])('parked deliveries are not treated for the ids %j', async (ids) => {
  const { deliveries } = (await createTestApp()).auth;
  await expect(deliveries.discardParked(ids as never)).rejects.toThrow('must be a list of strings');
  await expect(deliveries.replayParked(ids as never)).rejects.toThrow('must be a list of strings');
});

test.each(['', 'crm\u0000', 'c\nrm', '\uD800', 7, null, {}])('no listener has the name %j', async (name) => {
  const { events } = (await createTestApp()).auth;
  expect(() => {
    events.on(UserLoggedIn, () => undefined, { name: name as string });
  }).toThrow('the name of a listener');
});

test.each(['x', -1, Number.NaN])('no account is locked for %s seconds', async (seconds) => {
  const app = await createTestApp();
  const { userId } = await app.register();
  const locking = app.auth.services.unlock.lock(userId, seconds as number);
  await expect(locking).rejects.toMatchObject({ field: 'seconds' });
});

describe('setCookie', () => {
  const options = { refreshCookie: { enabled: true, allowedOrigins: 'https://app.example.com' } };
  const headers = { origin: 'https://app.example.com', 'content-type': 'application/json' };
  const query = `mutation { register(input: { email: "a@cookies.example", password: "correct horse battery" }) { __typename } }`;

  async function register(setCookie: () => unknown): Promise<{ app: TestApp; answer: string }> {
    const app = await createTestApp(options);
    const contextValue = app.auth.context({ headers, setCookie });
    const server = new ApolloServer(app.auth.apolloOptions);
    const { body } = await server.executeOperation({ query }, { contextValue });
    await server.stop();
    return { app, answer: JSON.stringify(body) };
  }

  test('that is not a function is noticed before anything is stored', async () => {
    const { app, answer } = await register(true as never);
    expect(answer).toContain('INTERNAL_SERVER_ERROR');
    expect(await app.database.sql('select from auth_user')).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('too late'))],
    ['returns what can be awaited, such as a reply of Fastify', () => ({ then: broken })],
  ])('that %s does not fail the sign-in', async (_name, setCookie) => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect((await register(setCookie)).answer).toContain('LoginSuccess');
    emitWarning.mockRestore();
  });
});

test('a mailer with wrong optional parts is refused', async () => {
  const mailer = { send: () => Promise.resolve(), senderAddress: { address: 'auth@example.com' }, close: true };
  const refused = createTestApp({ mailer: mailer as unknown as Mailer });
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(/mailer\.senderAddress is not a string.*\n.*mailer\.close is not a function/);
});
