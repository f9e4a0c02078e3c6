import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { newEmail, type Answer } from '../support/graphql-client.js';
import { openGate, type Gate } from '../support/database-gate.js';
import { atOnce } from '../support/shared-database.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const POOL_SIZE = 2;
const UNAVAILABLE = {
  message: 'The service is temporarily unavailable. Try again later.',
  extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 5 },
};
const ANOTHER_REASON = 'the database is still unavailable, for another reason';

function expectUnavailable({ status, data, errors, text }: Answer): void {
  expect(status).toBe(200);
  expect(Object.values(data as object)).toEqual([null]);
  expect(errors).toEqual([expect.objectContaining(UNAVAILABLE)]);
  expect(text).not.toMatch(/connect|terminat|postgres|timeout|lock/i);
}

/** Of every slot of the pool at once, as soon as the database responds again. */
async function expectWhole(app: TestApp, token: string): Promise<void> {
  await until(async () => (await app.me(token)).errors.length === 0, 'the database');
  const answers = await atOnce(3 * POOL_SIZE, () => app.me(token));
  for (const { errors } of answers) expect(errors).toEqual([]);
}

describe('a database that cannot be reached', () => {
  test('results in SERVICE_UNAVAILABLE, and is logged once when it goes down and once when it is back', async () => {
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({ logger, background: true });
    const ada = await app.register();
    await app.database.cutOff();
    for (let turn = 0; turn < 3; turn += 1) {
      expectUnavailable(await app.me(ada.accessToken));
      expectUnavailable(await app.mutation('login', { email: ada.email, password: ada.password }));
      expectUnavailable(await app.mutation('refresh', { refreshToken: ada.refreshToken }));
    }
    const feed = await app.server.inject('/revocations');
    expect([feed.statusCode, feed.headers['retry-after']]).toEqual([503, '5']);
    expect(feed.json()).toEqual({
      errors: [{ message: UNAVAILABLE.message, extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    app.clock.advance(60);
    await app.database.letIn();
    await expectWhole(app, ada.accessToken);
    const told = lines().filter(({ level }) => Number(level) >= 40);
    // A connection that ends without a word from the server has no code.
    const begin = { msg: 'the database is unavailable', reason: 'unreachable', problem: expect.any(String) };
    expect(told[0]).toMatchObject(begin);
    expect(told.at(-1)).toMatchObject({ msg: 'the database is available again', seconds: 60 });
    // A connection may end for one reason, and new ones are refused for another.
    for (const { msg } of told.slice(1, -1)) expect(msg).toBe(ANOTHER_REASON);
    const codes = told.slice(0, -1).map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });

  test('is logged once, even if the job queue loses its connection during a statement', async () => {
    const { logger, lines } = recordingLogger();
    let gate: Gate | undefined;
    const app = await createTestApp({
      logger,
      background: true,
      throughGate: async (url) => (gate = await openGate(url)).url,
    });
    await app.register();
    gate?.trap(/of j skip locked/i, 'cut');
    const ada = await app.register();
    const texts = (): unknown[] => lines().map(({ msg }) => msg);
    await until(() => texts().includes('the database is unavailable'), 'the outage');
    gate?.release();
    await app.mailer.next(ada.email, 'verify-email');
    expect(texts()).not.toContain('the job queue failed');
  });

  test('is logged again when it goes down again', async () => {
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({ logger });
    const ada = await app.register();
    for (let turn = 0; turn < 2; turn += 1) {
      await app.database.cutOff();
      expectUnavailable(await app.me(ada.accessToken));
      await app.database.letIn();
      await expectWhole(app, ada.accessToken);
    }
    const texts = lines().map(({ msg }) => msg);
    expect(texts.filter((text) => text !== ANOTHER_REASON)).toEqual([
      ...['the database is unavailable', 'the database is available again'],
      ...['the database is unavailable', 'the database is available again'],
    ]);
  });
});

test('a database that never answers is probed while the first request still waits for a connection', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({ throughGate: async (url) => (gate = await openGate(url)).url });
  gate?.trap(/^/, 'hold');
  let isAnswered = false;
  const logIn = async (): Promise<void> => {
    expectUnavailable(await app.mutation('login', { email: newEmail(), password: 'wrong' }));
    isAnswered = true;
  };
  const first = logIn();
  await until(() => (gate?.accepted ?? 0) >= 2, 'the probe');
  expect(isAnswered).toBe(false);
  await first;
  gate?.release();
});

describe('a locked table', () => {
  test('results in an overload error: nothing waits for long, and every connection is returned', async () => {
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({ logger, database: { poolSize: 2 * POOL_SIZE } });
    const ada = await app.register();
    const release = await app.database.lock('auth_session');
    const answers = await atOnce(3 * POOL_SIZE, () =>
      app.mutation('revokeOtherSessions', undefined, { token: ada.accessToken }),
    );
    answers.forEach(expectUnavailable);
    await release();
    await expectWhole(app, ada.accessToken);
    expect(lines()[0]).toMatchObject({ msg: 'the database is unavailable', reason: 'overloaded' });
    // A time-out of the lock, and perhaps the wait for a connection.
    const causes = lines().map(({ reason, code }) => `${String(reason)} ${String(code)}`);
    expect(causes).toContain('overloaded 55P03');
    expect(causes).toEqual([...new Set(causes)]);
    app.clock.advance(60);
    await app.me(ada.accessToken);
    // From the first failure to the last one.
    expect(lines().at(-1)).toMatchObject({ msg: 'the database is available again', seconds: 0 });
  });

  test('counts no attempts, neither immediately nor when it is unlocked', async () => {
    const app = await createTestApp({ lockout: { maxAttempts: 2 } });
    const ada = await app.register();
    const release = await app.database.lock('auth_login_attempt');
    const answers = await atOnce(6, () => app.mutation('login', { email: ada.email, password: ada.password }));
    answers.forEach(expectUnavailable);
    await release();
    expect(await app.database.sql('select from auth_login_attempt')).toEqual([]);
    await app.login(ada);
  });

  test('does not count a correct password as wrong', async () => {
    const app = await createTestApp({ lockout: { maxAttempts: 2 } });
    const ada = await app.register();
    const release = await app.database.lock('auth_session');
    const answers = await atOnce(2, () => app.mutation('login', { email: ada.email, password: ada.password }));
    answers.forEach(expectUnavailable);
    await release();
    await app.login(ada);
  });
});

describe('the pool is intact after', () => {
  async function gatedApp(options = {}): Promise<{ app: TestApp; gate: Gate }> {
    let gate: Gate | undefined;
    const app = await createTestApp({
      database: { poolSize: POOL_SIZE },
      throughGate: async (url) => (gate = await openGate(url)).url,
      ...options,
    });
    if (!gate) throw new Error('the gate was not used');
    return { app, gate };
  }

  test.each(['start transaction', 'commit', 'rollback'])(
    'a connection that breaks repeatedly at %s',
    async (statement) => {
      const { app, gate } = await gatedApp();
      const ada = await app.register();
      const { database } = app;
      // The transaction fails of itself, and is rolled back.
      if (statement === 'rollback') await database.sql('alter table auth_outbox rename to auth_outbox_gone');
      // Not the isolation level "read committed".
      gate.trap(new RegExp(`${statement}(?!ted)`), 'cut');
      for (let turn = 0; turn < 2 * POOL_SIZE; turn += 1) {
        const answer = await app.mutation('revokeAllSessions', undefined, { token: ada.accessToken });
        expect(answer.errors).toHaveLength(1);
      }
      gate.release();
      if (statement === 'rollback') await database.sql('alter table auth_outbox_gone rename to auth_outbox');
      const bob = await app.register();
      await expectWhole(app, bob.accessToken);
    },
  );

  test('the database is killed three times during transactions', async () => {
    const { app } = await gatedApp();
    const ada = await app.register();
    for (let turn = 0; turn < 3; turn += 1) {
      const release = await app.database.lock('auth_session');
      const revocations = atOnce(2 * POOL_SIZE, () =>
        app.mutation('revokeOtherSessions', undefined, { token: ada.accessToken }),
      );
      await app.database.untilWaiting('auth_session', POOL_SIZE);
      await app.database.cutOff();
      // The lock ends with the others, so that some may still get through.
      await revocations;
      await release();
      await app.database.letIn();
    }
    await expectWhole(app, ada.accessToken);
  });

  test('a claims hook that throws', async () => {
    let throws = false;
    const claims = (): object => {
      if (throws) throw new RangeError('no claims');
      return {};
    };
    const { app } = await gatedApp({ claims });
    const ada = await app.register();
    throws = true;
    for (let turn = 0; turn < 2 * POOL_SIZE; turn += 1)
      expect((await app.mutation('login', { email: ada.email, password: ada.password })).errors).toHaveLength(1);
    throws = false;
    await app.login(ada);
    await expectWhole(app, ada.accessToken);
  });
});

describe('the liveness check', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Moves the monotonic clock, which is not a port. */
  const monotonicNow = performance.now.bind(performance);
  const setAhead = (seconds: number): void => {
    jest.spyOn(performance, 'now').mockImplementation(() => monotonicNow() + seconds * 1000);
  };

  test('passes before the database is used', async () => {
    const { server } = await createTestApp();
    expect((await server.inject('/health/live')).statusCode).toBe(200);
  });

  const isLive = async ({ server }: TestApp): Promise<boolean> =>
    (await server.inject('/health/live')).statusCode === 200;

  test('passes while the database is down, however long', async () => {
    const app = await createTestApp({ database: { poolSize: POOL_SIZE } });
    const ada = await app.register();
    await app.database.cutOff();
    for (let turn = 0; turn < 3; turn += 1) {
      (await atOnce(2 * POOL_SIZE, () => app.me(ada.accessToken))).forEach(expectUnavailable);
      app.clock.advance(150);
      expect(await isLive(app)).toBe(true);
    }
    await app.database.letIn();
  });

  test('passes while every connection is busy, and fails once none has been returned for two minutes', async () => {
    let gate: Gate | undefined;
    const app = await createTestApp({
      database: { poolSize: POOL_SIZE },
      throughGate: async (url) => (gate = await openGate(url)).url,
    });
    const ada = await app.register();
    gate?.trap(/auth_session/, 'hold');
    const waiting: ReturnType<typeof app.me>[] = [];
    for (let held = 1; held <= POOL_SIZE; held += 1) {
      // Requests of the same turn would share a connection.
      waiting.push(app.me(ada.accessToken));
      await until(() => gate?.held === held, 'the statement');
    }
    expect(await isLive(app)).toBe(true);
    // A step of the system clock ends nothing, and hides nothing.
    app.clock.advance(200);
    expect(await isLive(app)).toBe(true);
    app.clock.advance(-400);
    setAhead(110);
    expect(await isLive(app)).toBe(true);
    setAhead(121);
    expect(await isLive(app)).toBe(false);
    app.clock.advance(200);
    // The driver gives them up, and the process has healed itself after all.
    (await Promise.all(waiting)).forEach(expectUnavailable);
    gate?.release();
    expect(await isLive(app)).toBe(true);
    await expectWhole(app, ada.accessToken);
  });
});

test('closing ends connections that are in use for too long, and does not wait for them', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({ throughGate: async (url) => (gate = await openGate(url)).url });
  const ada = await app.register();
  gate?.trap(/auth_session/, 'hold');
  const order: string[] = [];
  const waiting = app.me(ada.accessToken).then((answer) => {
    order.push('answered');
    return answer;
  });
  await until(() => gate?.held === 1, 'the statement');
  await app.auth.close();
  order.push('closed');
  expectUnavailable(await waiting);
  expect(order.sort()).toEqual(['answered', 'closed']);
});

test('closing does not wait for a database that no longer responds', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({
    background: true,
    throughGate: async (url) => (gate = await openGate(url)).url,
  });
  const ada = await app.register();
  gate?.trap(/^/, 'hold');
  const waiting = app.me(ada.accessToken);
  await until(() => (gate?.held ?? 0) >= 2, 'a request and the job queue');
  await app.auth.close();
  expectUnavailable(await waiting);
});

test('closing ends the probes of every pool', async () => {
  let gate: Gate | undefined;
  const app = await createTestApp({
    rateLimits: { enabled: true },
    throughGate: async (url) => (gate = await openGate(url)).url,
  });
  gate?.trap(/^/, 'cut');
  expectUnavailable(await app.mutation('login', { email: newEmail(), password: 'wrong' }));
  await app.auth.close();
  // Connections from before may still arrive.
  await delay(500);
  const before = gate?.accepted;
  await delay(1_500);
  expect(gate?.accepted).toBe(before);
});
