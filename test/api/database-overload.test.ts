import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { adminUrl, runSql } from '../support/database.js';
import { openGate, type Gate } from '../support/database-gate.js';
import { newEmail, type Answer, type SignedIn } from '../support/graphql-client.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { recordingLogger } from '../support/recording-logger.js';
import { atOnce } from '../support/shared-database.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';
import { until } from '../support/until.js';

const POOL_SIZE = 2;
/** How many requests may wait for a connection. */
const WAITING = 100 * POOL_SIZE;

const drops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const drop of drops) await drop();
});

type Lines = () => Record<string, unknown>[];

async function gatedApp(options: TestOptions = {}): Promise<{ app: TestApp; gate: Gate; lines: Lines }> {
  let gate: Gate | undefined;
  const { logger, lines } = recordingLogger();
  const app = await createTestApp({
    database: { poolSize: POOL_SIZE },
    throughGate: async (url) => (gate = await openGate(url)).url,
    logger,
    ...options,
  });
  if (!gate) throw new Error('the gate was not used');
  return { app, gate, lines };
}

const isUnavailable = ({ errors }: Answer): boolean =>
  errors.length === 1 && errors[0]?.extensions.code === 'SERVICE_UNAVAILABLE';

function everyOperation(app: TestApp, ada: SignedIn): Promise<Answer>[] {
  const { email, password, refreshToken, accessToken, userId } = ada;
  return [
    app.me(accessToken),
    app.mutation('refresh', { refreshToken }),
    app.mutation('login', { email, password }),
    app.mutation('register', { email: newEmail(), password }),
    app.request('query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }', {
      r: [{ __typename: 'User', id: userId }],
    }),
  ];
}

const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name);

const outagesIn = (lines: Lines): unknown[] =>
  lines().flatMap(({ msg, reason }) => (String(msg).startsWith('the database is') ? [[msg, reason]] : []));

describe('while every connection is in use', () => {
  test('a limited number of requests wait: further ones are refused before any other is answered', async () => {
    const { app, gate, lines } = await gatedApp();
    const ada = await app.register();
    const signIn = (): Promise<Answer> => app.mutation('login', { email: newEmail(), password: 'wrong' });
    gate.trap(/auth_login_attempt/, 'hold');
    const order: string[] = [];
    const named = (name: string) => async (): Promise<void> => {
      const answer = await signIn();
      order.push(isUnavailable(answer) ? name : answer.text);
    };
    const held = atOnce(POOL_SIZE, named('held'));
    await until(() => gate.held === POOL_SIZE, 'the statements');
    const waiting = atOnce(WAITING, named('waiting'));
    const beyond = atOnce(5, named('beyond'));
    await beyond;
    expect(order).toEqual(times(5, 'beyond'));
    expect(await app.auth.readiness()).toBe('too many requests are waiting for the database');
    // Nobody waits for long, and those that have a connection are still waiting for the database.
    await waiting;
    expect(order).toEqual([...times(5, 'beyond'), ...times(WAITING, 'waiting')]);
    gate.release();
    await app.database.cutOff();
    await app.database.letIn();
    await held;
    await until(() => app.auth.isReady(), 'the database');
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
    expect(outagesIn(lines).slice(0, 1)).toEqual([['the database is unavailable', 'overloaded']]);
  });
});

describe('a database that stops responding', () => {
  test('is noticed while requests wait for it; later ones are refused at once, until a probe succeeds', async () => {
    const { app, gate, lines } = await gatedApp();
    const ada = await app.register();
    gate.trap(/^/, 'hold');
    let isAnswered = false;
    const first = app.me(ada.accessToken).finally(() => (isAnswered = true));
    await until(() => outagesIn(lines).length > 0, 'the outage');
    const heldBefore = gate.held;
    for (let turn = 0; turn < 10; turn += 1)
      for (const answer of await Promise.all(everyOperation(app, ada))) expect(isUnavailable(answer)).toBe(true);
    expect(await app.auth.readiness()).toBe('database unreachable');
    expect(isAnswered).toBe(false);
    // Of fifty requests, none opened a connection: only probes did.
    expect(gate.held - heldBefore).toBeLessThan(10);
    gate.release();
    await until(async () => (await app.me(ada.accessToken)).errors.length === 0, 'the database');
    // Its connection is dead, which frees the slot.
    expect(isUnavailable(await first)).toBe(true);
    for (const answer of await atOnce(3 * POOL_SIZE, () => app.me(ada.accessToken))) expect(answer.errors).toEqual([]);
    expect(outagesIn(lines)).toEqual([
      ['the database is unavailable', 'unreachable'],
      ['the database is available again', undefined],
    ]);
  });

  test('on one connection only does not affect requests on other connections', async () => {
    const { app, gate, lines } = await gatedApp();
    const ada = await app.register();
    gate.trap(/auth_login_attempt/, 'hold');
    const held = app.mutation('login', { email: newEmail(), password: 'wrong' });
    await until(() => gate.held === 1, 'the statement');
    // Longer than it takes to find out that the database responds.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
    expect(outagesIn(lines)).toEqual([]);
    gate.release();
    await app.database.cutOff();
    await app.database.letIn();
    await held;
  });
});

describe('a server without free connections', () => {
  interface LimitedApp {
    readonly app: TestApp;
    readonly lines: Lines;
    readonly limit: (connections: number) => Promise<void>;
    readonly setPassword: (password: string) => Promise<void>;
  }

  async function limitedApp(poolSize = POOL_SIZE): Promise<LimitedApp> {
    const role = `auth_limited_${randomBytes(6).toString('hex')}`;
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({
      logger,
      database: { poolSize },
      throughGate: async (url) => {
        await runSql(adminUrl(), `create role ${role} login in role pg_read_all_data, pg_write_all_data`);
        return Object.assign(new URL(url), { username: role, password: 'of-a-test' }).href;
      },
    });
    drops.push(() => runSql(adminUrl(), `drop role ${role}`));
    const alter = async (change: string): Promise<void> => {
      await runSql(adminUrl(), `alter role ${role} ${change}`);
    };
    const setPassword = (password: string): Promise<void> => alter(`password '${password}'`);
    await setPassword('of-a-test');
    return { app, lines, setPassword, limit: (connections) => alter(`connection limit ${String(connections)}`) };
  }

  test('refuses requests as unavailable, logs the cause once, and serves requests again as soon as there is a connection', async () => {
    const { app, limit, lines } = await limitedApp();
    await limit(0);
    for (let turn = 0; turn < 3; turn += 1) {
      const answers = await atOnce(10, () => app.mutation('login', { email: newEmail(), password: 'wrong' }));
      expect(answers.every(isUnavailable)).toBe(true);
    }
    expect(outagesIn(lines)).toEqual([['the database is unavailable', 'overloaded']]);
    await limit(-1);
    await until(() => app.auth.isReady(), 'the database');
    await app.register();
  });

  test('may refuse the password next, which is logged too', async () => {
    const { app, limit, setPassword, lines } = await limitedApp();
    await limit(0);
    expect(isUnavailable(await app.mutation('login', { email: newEmail(), password: 'wrong' }))).toBe(true);
    await limit(-1);
    await until(() => app.auth.isReady(), 'the database');
    await setPassword('another');
    await app.database.cutOff();
    await app.database.letIn();
    const codes = (): unknown[] => lines().map(({ code }) => code);
    await until(async () => {
      await app.mutation('login', { email: newEmail(), password: 'wrong' });
      return codes().includes('28P01');
    }, 'the password to be refused');
    expect(codes()[0]).toBe('53300');
    expect(codes()).toEqual([...new Set(codes())]);
  });

  test('leaves requests waiting for the connections that it has, which is logged once', async () => {
    const { app, limit, lines } = await limitedApp();
    const ada = await app.register();
    await limit(1);
    for (let turn = 0; turn < 3; turn += 1) {
      const answers = await atOnce(50, () => app.mutation('login', { email: newEmail(), password: 'wrong' }));
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    }
    for (let turn = 0; turn < 10; turn += 1) expect((await app.me(ada.accessToken)).errors).toEqual([]);
    const logged = lines().filter(({ msg }) => String(msg).startsWith('the database'));
    expect(logged).toMatchObject([{ msg: 'the database accepts no further connections', poolSize: POOL_SIZE }]);
  });

  test('leaves requests waiting for the connections that are just being established', async () => {
    for (const limit of [1, 2, 5]) {
      const cold = await limitedApp(10);
      await cold.limit(limit);
      const answers = await atOnce(30, () => cold.app.mutation('login', { email: newEmail(), password: 'wrong' }));
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      const logged = cold.lines().filter(({ msg }) => String(msg).startsWith('the database'));
      expect(logged).toMatchObject([{ msg: 'the database accepts no further connections', poolSize: 10 }]);
    }
  });

  test('starts background work although requests have taken all connections but one', async () => {
    const { app, limit, lines } = await limitedApp(10);
    const owner = await createTestApp({ database: { url: app.database.url } });
    await owner.auth.migrate();
    await limit(4);
    expect(await app.auth.hasPendingMigrations()).toBe(false);
    const answers = await atOnce(30, () => app.mutation('login', { email: newEmail(), password: 'wrong' }));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    await app.auth.start();
    expect(outagesIn(lines)).toEqual([]);
  });

  if (!hasPgBouncer) process.stderr.write('PgBouncer is not installed: one without free connections is not tested\n');
  (hasPgBouncer ? test : test.skip)('may be a PgBouncer', async () => {
    const { logger, lines } = recordingLogger();
    const app = await createTestApp({
      logger,
      database: { poolSize: POOL_SIZE },
      rateLimits: { enabled: false },
      throughGate: async (url) => {
        const pooler = await startPgBouncer(url, { max_client_conn: '1' });
        drops.unshift(() => pooler.stop());
        return pooler.url;
      },
    });
    await app.register();
    const answers = await atOnce(50, () => app.mutation('login', { email: newEmail(), password: 'wrong' }));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(lines()).toContainEqual(expect.objectContaining({ msg: 'the database accepts no further connections' }));
  });

  test('gets further connections once it accepts them', async () => {
    const { app, limit } = await limitedApp();
    await app.register();
    await limit(1);
    const signIn = (): Promise<Answer> => app.mutation('login', { email: newEmail(), password: 'wrong' });
    await atOnce(10, signIn);
    await limit(-1);
    const release = await app.database.lock('auth_login_attempt');
    const answers: Promise<Answer>[] = [];
    await until(async () => {
      answers.push(signIn());
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await app.database.sql(waiting)).length === POOL_SIZE;
    }, 'the second connection');
    await release();
    expect((await Promise.all(answers)).every((answer) => answer.errors.length === 0 || isUnavailable(answer))).toBe(
      true,
    );
  });

  test('is not taken for one that does not respond while its last connection is in use', async () => {
    const { app, limit } = await limitedApp();
    const ada = await app.register();
    await limit(1);
    const release = await app.database.lock('auth_login_attempt');
    const waiting = app.mutation('login', { email: newEmail(), password: 'wrong' });
    await app.database.untilWaiting('auth_login_attempt');
    for (const answer of await atOnce(3, () => app.me(ada.accessToken))) expect(isUnavailable(answer)).toBe(true);
    await release();
    expect((await waiting).errors).toEqual([]);
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
  });
});
