import type { ServerResponse } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { freePort } from '../support/free-port.js';
import { newEmail } from '../support/graphql-client.js';
import { rangeOf, rangeOfPasswords, startRangeServer, type RangeServer } from '../support/range-server.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const BREACHED = 'a phrase from a data breach';
const UNKNOWN = 'a phrase that nobody has seen';
const REFUSED = {
  __typename: 'WeakPasswordError',
  violations: ['COMMON_PASSWORD'],
  message: 'This password is known from a data breach. Choose another one.',
};
const OUTAGE = 'breached passwords cannot be looked up; new passwords are accepted without this check';

const { logger, lines, text } = recordingLogger();

let ranges: RangeServer;
let app: TestApp;
beforeAll(async () => {
  ranges = await startRangeServer();
  app = await createTestApp({
    logger,
    background: true,
    password: { saltRounds: 4, breachedPasswordsUrl: ranges.url },
  });
});

const register = async (password: string, on = app): Promise<object> =>
  on.mutate('register', { email: newEmail(), password });

describe('a password that is known from a breach is rejected', () => {
  beforeAll(() => {
    ranges.respond((response) => response.end(rangeOfPasswords([BREACHED, 'another'])));
  });

  test('at registration', async () => {
    expect(await register(BREACHED)).toMatchObject(REFUSED);
  });

  test('when it is changed', async () => {
    const { accessToken: token, password: currentPassword } = await app.register();
    expect(await app.mutate('changePassword', { currentPassword, newPassword: BREACHED }, { token })).toMatchObject(
      REFUSED,
    );
  });

  test('when it is reset, and the link stays valid', async () => {
    const { email } = await app.register();
    await app.mutate('forgotPassword', { email });
    const token = await app.mailer.token(email, 'reset-password');
    expect(await app.mutate('resetPassword', { token, newPassword: BREACHED })).toMatchObject(REFUSED);
    expect(await app.mutate('resetPassword', { token, newPassword: UNKNOWN })).toMatchObject({
      __typename: 'PasswordChanged',
    });
  });
});

describe('a password is accepted', () => {
  test('if the range does not list it', async () => {
    ranges.respond((response) => response.end(rangeOfPasswords([BREACHED])));
    expect(await register(UNKNOWN)).toMatchObject({ __typename: 'LoginSuccess' });
  });

  test('if only a line that pads the response has its hash', async () => {
    ranges.respond((response) => response.end(rangeOfPasswords([], [UNKNOWN])));
    expect(await register(UNKNOWN)).toMatchObject({ __typename: 'LoginSuccess' });
  });

  test('without a request if no address is configured', async () => {
    const silent = await createTestApp();
    const before = ranges.requests.length;
    expect(await register(BREACHED, silent)).toMatchObject({ __typename: 'LoginSuccess' });
    expect(ranges.requests.length).toBe(before);
  });
});

describe('the server', () => {
  test('is sent five digits of the hash of the normalised password, and asked to pad its response', async () => {
    const before = ranges.requests.length;
    await register('cafe\u0301 on the corner');
    const [request, ...more] = ranges.requests.slice(before);
    expect(more).toEqual([]);
    expect(request?.path).toBe(`/range/${rangeOf('caf\u00e9 on the corner').prefix}`);
    expect(request?.headers).toMatchObject({ 'add-padding': 'true' });
    expect(JSON.stringify(request)).not.toContain(rangeOf('caf\u00e9 on the corner').suffix);
  });

  test('is not asked about a password that breaks another rule', async () => {
    const before = ranges.requests.length;
    for (const password of ['short', 'password123']) await register(password);
    expect(ranges.requests.length).toBe(before);
  });

  test('is queried outside of transactions', async () => {
    const { accessToken: token, password: currentPassword } = await app.register();
    let answer: (() => void) | undefined;
    ranges.respond((response) => (answer = () => response.end(rangeOfPasswords([]))));
    const changing = app.mutate('changePassword', { currentPassword, newPassword: UNKNOWN }, { token });
    const respond = await until(() => answer, 'the request');
    // A transaction that waited for the server would stay open. Another one may be open for a moment.
    const openTransactions = `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in tr%'`;
    await until(async () => (await app.database.sql(openTransactions)).length === 0, 'the end of every transaction');
    respond();
    expect(await changing).toMatchObject({ __typename: 'PasswordChanged' });
  });

  test('may end the connection within a response and be gone then', async () => {
    const own = await startRangeServer();
    const single = await createTestApp({ password: { saltRounds: 4, breachedPasswordsUrl: own.url } });
    own.respond((response) => response.end(rangeOfPasswords([])));
    expect(await register(UNKNOWN, single)).toMatchObject({ __typename: 'LoginSuccess' });
    own.respond((response) => {
      response.write(rangeOfPasswords([BREACHED]), () => own.stop());
    });
    // An error that nobody handles would fail the test.
    expect(await register(BREACHED, single)).toMatchObject({ __typename: 'LoginSuccess' });
    expect(own.requests).toHaveLength(2);
  });

  test('is asked again if it has closed the idle connection', async () => {
    const seen = new WeakSet<object>();
    ranges.respond((response) => {
      const { socket } = response;
      if (!socket || seen.has(socket)) return void socket?.destroy();
      seen.add(socket);
      response.end(rangeOfPasswords([BREACHED]));
    });
    expect(await register(UNKNOWN)).toMatchObject({ __typename: 'LoginSuccess' });
    expect(await register(BREACHED)).toMatchObject(REFUSED);
  });
});

/** Redirects to a range that lists the password. */
function redirect(response: ServerResponse): void {
  if (response.req.url === '/elsewhere') response.end(rangeOfPasswords([BREACHED]));
  else response.writeHead(302, { location: '/elsewhere' }).end();
}

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n';

describe('a server that fails', () => {
  const FAILURES: [string, string, Parameters<RangeServer['respond']>[0]][] = [
    ['responds with an error', 'status 500', (response) => response.writeHead(500).end(rangeOfPasswords([BREACHED]))],
    ['redirects', 'status 302', redirect],
    ['sends something else', 'not a list of hashes', (response) => response.end('<html>a page</html>')],
    ['sends nothing', 'empty', (response) => response.end('\r\n')],
    ['sends too much', 'more than 1000000 bytes', (response) => response.end('0'.repeat(2_000_000))],
    ['does not respond', 'TimeoutError', () => undefined],
    ['switches to another protocol', 'TimeoutError', (response) => response.socket?.write(SWITCH)],
    ['stops in the middle', 'TimeoutError', (response) => response.write(rangeOfPasswords([UNKNOWN]))],
  ];

  test.each(FAILURES)('leaves passwords unchecked, and is logged once: it %s', async (_name, reason, respond) => {
    ranges.respond(respond);
    const failing = await createTestApp({ logger, password: { saltRounds: 4, breachedPasswordsUrl: ranges.url } });
    const before = lines().length;
    for (const password of [BREACHED, UNKNOWN])
      expect(await register(password, failing)).toMatchObject({ __typename: 'LoginSuccess' });
    const logged = lines().slice(before);
    expect(logged.filter(({ msg }) => msg === OUTAGE)).toMatchObject([{ level: 40, reason }]);
    for (const password of [BREACHED, UNKNOWN]) expect(text()).not.toContain(rangeOf(password).prefix);
  });

  test('leaves passwords unchecked, is logged once and counted: it cannot be reached', async () => {
    const breachedPasswordsUrl = `http://127.0.0.1:${String(await freePort())}`;
    const metrics = new Registry();
    const failing = await createTestApp({ logger, metrics, password: { saltRounds: 4, breachedPasswordsUrl } });
    const before = lines().length;
    for (let n = 1; n <= 2; n += 1) {
      expect(await register(BREACHED, failing)).toMatchObject({ __typename: 'LoginSuccess' });
      const counted = await metrics.getSingleMetricAsString('auth_breach_check_failures_total');
      expect(counted).toMatch(new RegExp(` ${String(n)}$`, 'm'));
    }
    expect(lines().slice(before)).toContainEqual(expect.objectContaining({ msg: OUTAGE, reason: 'ECONNREFUSED' }));
  });

  test('is logged again only after it has worked for a minute', async () => {
    const flapping = await createTestApp({ logger, password: { saltRounds: 4, breachedPasswordsUrl: ranges.url } });
    const before = lines().length;
    const works = (response: { end(text: string): unknown }): unknown => response.end(rangeOfPasswords([]));
    const fails = (response: { end(text: string): unknown }): unknown => response.end('?');
    for (const [respond, secondsLater] of [
      ...[[fails, 1] as const, [works, 1] as const, [fails, 61] as const],
      ...[[works, 1] as const, [fails, 1] as const],
    ]) {
      ranges.respond(respond);
      await register(UNKNOWN, flapping);
      flapping.clock.advance(secondsLater);
    }
    const logged = lines()
      .slice(before)
      .map(({ msg }) => msg);
    expect(logged).toEqual([OUTAGE, 'breached passwords are looked up again', OUTAGE]);
  });
});

test.each(['ftp://example.com/range', 'nonsense', 'https://example.com/range?key=1'])(
  'an address to which no prefix can be appended is rejected at startup: %s',
  async (breachedPasswordsUrl) => {
    await expect(createTestApp({ password: { breachedPasswordsUrl } })).rejects.toThrow(
      'password.breachedPasswordsUrl',
    );
  },
);
