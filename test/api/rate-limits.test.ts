import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { postAndLeave } from '../support/abandoned-request.js';
import { CountingHasher } from '../support/counting-hasher.js';
import { newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { until } from '../support/until.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

type Limits = NonNullable<TestOptions['rateLimits']>;

const NEW_PASSWORD = 'an entirely different passphrase';

/** An application with only these limits. */
function appWith(limits: Limits, options: TestOptions = {}): Promise<TestApp> {
  const off: Limits = { login: 'off', register: 'off', refresh: 'off' };
  return createTestApp({ trustedHops: 1, ...options, rateLimits: { enabled: true, ...off, ...limits } });
}

const from = (address: string): { headers: Record<string, string> } => ({ headers: { 'x-forwarded-for': address } });

async function repeat<T>(count: number, call: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < count; turn += 1) results.push(await call(turn));
  return results;
}

const namesOf = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ __typename }) => __typename);

/** Registers an account over a connection that the client resets as soon as it has sent the request. */
async function registerAndLeave({ server }: TestApp, email: string): Promise<void> {
  const query = `mutation { register(input: { email: "${email}", password: "${NEW_PASSWORD}" }) { __typename } }`;
  const { port } = server.server.address() as AddressInfo;
  await postAndLeave(`http://127.0.0.1:${String(port)}/graphql`, gzipSync(JSON.stringify({ query })), {
    'content-encoding': 'gzip',
  });
}

describe('a limit counts the calls', () => {
  test('of clients that disconnect without waiting for the response', async () => {
    const app = await appWith({ register: 'origin 3/1h' }, { trustedHops: 0 });
    await app.server.listen({ host: '127.0.0.1', port: 0 });
    const emails = [newEmail(), newEmail(), newEmail()];
    for (const email of emails) await registerAndLeave(app, email);
    const stored = (): Promise<unknown[]> =>
      app.database.sql('select id from auth_user where email = any($1)', [emails]);
    await until(async () => (await stored()).length === emails.length, 'the registrations');
    expect((await app.mutate('register', { email: newEmail(), password: NEW_PASSWORD })).__typename).toBe(
      'TooManyRequestsError',
    );
  });

  test('that name one account, from everywhere; others are not affected', async () => {
    const app = await appWith({ login: 'account 3/1h' });
    const ada = await app.register();
    const bob = await app.register();
    const login = (user: SignedIn, address: string): Promise<Outcome> =>
      app.mutate('login', { email: user.email, password: user.password }, from(address));
    const outcomes = await repeat(5, (turn) => login(ada, `192.0.2.${String(turn)}`));
    expect(namesOf(outcomes)).toEqual([
      ...Array<string>(3).fill('LoginSuccess'),
      ...Array<string>(2).fill('TooManyRequestsError'),
    ]);
    expect(outcomes[4]?.retryAfterSeconds).toBeGreaterThan(3500);
    expect(outcomes[4]?.retryAfterSeconds).toBeLessThanOrEqual(3600);
    expect((await login(bob, '192.0.2.1')).__typename).toBe('LoginSuccess');
  });

  test('from one origin, for every account; others are not affected', async () => {
    const app = await appWith({ login: 'origin 3/1h' });
    const guess = (address: string): Promise<Outcome> =>
      app.mutate('login', { email: newEmail(), password: 'wrong' }, from(address));
    expect(namesOf(await repeat(4, () => guess('192.0.2.1')))).toEqual([
      ...Array<string>(3).fill('InvalidCredentialsError'),
      'TooManyRequestsError',
    ]);
    expect((await guess('192.0.2.2')).__typename).toBe('InvalidCredentialsError');
  });

  test('of one account from one origin', async () => {
    const app = await appWith({ login: 'pair 2/1h' });
    const ada = await app.register();
    const login = (email: string, address: string): Promise<Outcome> =>
      app.mutate('login', { email, password: ada.password }, from(address));
    expect(namesOf(await repeat(3, () => login(ada.email, '192.0.2.1')))).toEqual([
      'LoginSuccess',
      'LoginSuccess',
      'TooManyRequestsError',
    ]);
    expect((await login(ada.email, '192.0.2.2')).__typename).toBe('LoginSuccess');
    expect((await login(newEmail(), '192.0.2.1')).__typename).toBe('InvalidCredentialsError');
  });

  test.each([
    [
      'an account, however its address is written',
      'account',
      ['ada@example.com', ' ADA@EXAMPLE.COM', 'Ada@Example.Com '],
      [],
    ],
    ['an account with a domain in Unicode', 'account', ['ada@bücher.example', 'ada@xn--bcher-kva.example'], []],
    ['an origin, wherever in its own IPv6 network', 'origin', [], ['2001:db8:1:1::1', '2001:DB8:1:1:ffff::3']],
    ['an origin, however the proxy writes it', 'origin', [], ['192.0.2.7', '192.0.2.7:5555', '::ffff:192.0.2.7']],
    [
      'a proxy that does not name its clients',
      'origin',
      [],
      ['unknown', '_hidden', '_SEVKISEK', 'unknown:4711', 'x'.repeat(100)],
    ],
  ])('of %s, as one', async (_name, key, emails, addresses) => {
    const count = Math.max(emails.length, addresses.length);
    const app = await appWith({ login: `${key} ${String(count)}/1h` });
    const call = (turn: number): Promise<Outcome> => {
      const email = emails[turn % Math.max(1, emails.length)] ?? newEmail();
      const address = addresses[turn % Math.max(1, addresses.length)] ?? `198.51.100.${String(turn)}`;
      return app.mutate('login', { email, password: 'wrong' }, from(address));
    };
    expect(namesOf(await repeat(count + 1, call))).toEqual([
      ...Array<string>(count).fill('InvalidCredentialsError'),
      'TooManyRequestsError',
    ]);
  });

  test('from one IPv6 network separately from those of the next', async () => {
    const app = await appWith({ login: 'origin 1/1h' });
    const guess = (address: string): Promise<Outcome> =>
      app.mutate('login', { email: newEmail(), password: 'wrong' }, from(address));
    await guess('2001:db8:1:1::1');
    expect((await guess('2001:db8:1:2::1')).__typename).toBe('InvalidCredentialsError');
  });
});

interface Row {
  readonly operation: string;
  readonly limit: string;
  readonly input: (ada: SignedIn) => object;
}

describe('each operation has its own limit', () => {
  const token = (): string => randomBytes(32).toString('base64url');
  const ROWS: readonly Row[] = [
    { operation: 'login', limit: 'account 2/1h', input: ({ email }) => ({ email, password: 'wrong' }) },
    { operation: 'register', limit: 'origin 2/1h', input: () => ({ email: newEmail(), password: NEW_PASSWORD }) },
    { operation: 'register', limit: 'account 2/1h', input: ({ email }) => ({ email, password: NEW_PASSWORD }) },
    { operation: 'refresh', limit: 'origin 2/1h', input: () => ({ refreshToken: token() }) },
    { operation: 'refresh', limit: 'account 2/1h', input: ({ refreshToken }) => ({ refreshToken }) },
    { operation: 'forgotPassword', limit: 'pair 2/1h', input: ({ email }) => ({ email }) },
    { operation: 'resendVerification', limit: 'pair 2/1h', input: ({ email }) => ({ email }) },
    { operation: 'verifyEmail', limit: 'origin 2/1h', input: () => ({ token: token() }) },
    { operation: 'resetPassword', limit: 'origin 2/1h', input: () => ({ token: token(), newPassword: NEW_PASSWORD }) },
    {
      operation: 'changePassword',
      limit: 'account 2/1h',
      input: () => ({ currentPassword: 'wrong', newPassword: NEW_PASSWORD }),
    },
    {
      operation: 'changeEmail',
      limit: 'account 2/1h',
      input: () => ({ newEmail: newEmail(), currentPassword: 'wrong' }),
    },
    { operation: 'confirmEmailChange', limit: 'account 2/1h', input: () => ({ token: token() }) },
  ];

  test.each(ROWS)('$operation, $limit', async ({ operation, limit, input }) => {
    const hasher = new CountingHasher();
    const app = await appWith({}, { hasher });
    const ada = await app.register();
    const limited = await appWith(
      { [operation]: limit },
      { hasher, database: { url: app.database.url }, clock: app.clock },
    );
    const call = (): Promise<Outcome> => limited.mutate(operation, input(ada), { token: ada.accessToken });
    const answered = await repeat(2, call);
    expect(namesOf(answered)).not.toContain('TooManyRequestsError');
    const before = [hasher.comparisons, hasher.hashes];
    const refused = await call();
    expect([refused.__typename, refused.code]).toEqual(['TooManyRequestsError', 'AUTH_TOO_MANY_REQUESTS']);
    // No password is compared or hashed for a refused call.
    expect([hasher.comparisons, hasher.hashes]).toEqual(before);
  });
});

describe('the calls of strangers do not lock a user out', () => {
  test('a device that the account knows is not limited by account', async () => {
    const app = await appWith({ login: 'account 5/1h, pair 5/1h' });
    const ada = await app.register();
    const { email, password } = ada;
    const { deviceToken } = await app.mutate('login', { email, password }, from('192.0.2.1'));
    const eve = await app.register();
    const input = { email: eve.email, password: eve.password };
    const { deviceToken: ofEve } = await app.mutate('login', input, from('192.0.2.200'));
    await repeat(10, (turn) => app.mutate('login', { email, password: 'x' }, from(`192.0.2.${String(turn)}`)));
    const outcomes = await Promise.all([
      app.mutate('login', { email, password }, from('192.0.2.1')),
      app.mutate('login', { email, password, deviceToken: randomBytes(32).toString('base64url') }, from('192.0.2.1')),
      app.mutate('login', { email, password, deviceToken: ofEve }, from('192.0.2.1')),
      app.mutate('login', { email, password, deviceToken }, from('192.0.2.1')),
    ]);
    const limited = 'TooManyRequestsError';
    expect(namesOf(outcomes)).toEqual([limited, limited, limited, 'LoginSuccess']);
  });

  test('a flood from one origin does not use up the limit of the account', async () => {
    const app = await appWith({ login: 'origin 2/1h, account 5/1h' });
    const { email, password } = await app.register();
    await repeat(20, () => app.mutate('login', { email, password }, from('192.0.2.1')));
    expect((await app.mutate('login', { email, password }, from('192.0.2.2'))).__typename).toBe('LoginSuccess');
  });

  test.each([
    ['changePassword', { currentPassword: 'wrong', newPassword: NEW_PASSWORD }],
    ['changeEmail', { newEmail: 'new@example.com', currentPassword: 'wrong' }],
    ['confirmEmailChange', { token: 'unknown' }],
  ])('%s from a session that has ended does not use up the limit of another session', async (operation, input) => {
    const app = await appWith({ [operation]: 'account 2/1h' });
    const ada = await app.register();
    const stolen = await app.login(ada);
    await app.mutate('logout', undefined, { token: stolen.accessToken });
    await repeat(4, () => app.mutation(operation, input, { token: stolen.accessToken }));
    const outcome = await app.mutate(operation, input, { token: ada.accessToken });
    expect(outcome.__typename).not.toBe('TooManyRequestsError');
  });

  test('an origin that is unknown is not counted', async () => {
    const app = await appWith({ login: 'origin 1/1h' });
    await repeat(3, () =>
      app.auth.services.login
        .login({ email: newEmail(), password: 'x' }, { ipAddress: null, userAgent: null })
        .catch(String),
    );
    expect(await app.database.sql('select from auth_rate_limit')).toEqual([]);
  });
});

test('a limit that is reached is logged once in its window, without the account', async () => {
  const { logger, lines, text } = recordingLogger();
  const app = await appWith({ login: 'account 2/1h' }, { logger, lockout: { enabled: false } });
  const email = newEmail();
  await repeat(6, () => app.mutate('login', { email, password: 'wrong' }, from('192.0.2.1')));
  const reached = lines().filter(({ msg }) => msg === 'a rate limit was reached');
  expect(reached).toEqual([expect.objectContaining({ operation: 'login', limit: 'account', ipAddress: '192.0.2.1' })]);
  expect(text()).not.toContain(email);
});

describe('the counts', () => {
  test('restart when the window has passed', async () => {
    const app = await appWith({ login: 'account 1/3s' });
    const { email, password } = await app.register();
    const [first, second] = await repeat(2, () => app.mutate('login', { email, password }));
    expect(namesOf([first, second] as Outcome[])).toEqual(['LoginSuccess', 'TooManyRequestsError']);
    await new Promise((resolve) => setTimeout(resolve, 1000 * (second?.retryAfterSeconds ?? 0)));
    expect((await app.mutate('login', { email, password })).__typename).toBe('LoginSuccess');
  });

  test('contain no address, and their table is not logged', async () => {
    const app = await appWith({ login: 'account 9/1h, origin 9/1h, pair 9/1h' });
    await app.mutate('login', { email: 'ada@example.com', password: 'wrong' }, from('192.0.2.1'));
    const rows = await app.database.sql<{ key: string; points: number }>('select key, points from auth_rate_limit');
    expect(rows.map(({ points }) => points)).toEqual([1, 1, 1]);
    for (const { key } of rows) expect(key).toMatch(/^[\w-]{43}$/);
    const kind = await app.database.sql(
      "select relpersistence as kind from pg_class where relname = 'auth_rate_limit'",
    );
    expect(kind).toEqual([{ kind: 'u' }]);
  });

  test('are deleted once their window has passed, and if a clock set back has left them far in the future', async () => {
    const app = await appWith({ login: 'account 9/1h' });
    await app.mutate('login', { email: newEmail(), password: 'wrong' });
    const add = (key: string, expire: number): Promise<unknown> =>
      app.database.sql('insert into auth_rate_limit values ($1, 1, $2)', [key, expire]);
    await add('over', app.clock.now().getTime() - 1000);
    await add('far', app.clock.now().getTime() + 90_000_000);
    await app.auth.services.housekeeping.run();
    const left = await app.database.sql<{ key: string }>('select key from auth_rate_limit');
    expect(left.map(({ key }) => key)).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  });

  test('of a limit that is reached cause no further statements', async () => {
    const app = await appWith({ login: 'account 2/1h' });
    const email = newEmail();
    await repeat(6, () => app.mutate('login', { email, password: 'wrong' }));
    const rows = await app.database.sql('select points from auth_rate_limit');
    expect(rows).toEqual([{ points: 2 }]);
  });

  test.each([100, 110])('of refresh are shared in steps of a twentieth of %d', async (points) => {
    const app = await appWith({ refresh: `origin ${String(points)}/1h` });
    const call = (): Promise<Outcome> => app.refresh('unknown', from('192.0.2.1'));
    const outcomes = await repeat(points + 1, call);
    expect(namesOf(outcomes.slice(0, points))).toEqual(Array(points).fill('InvalidTokenError'));
    expect(outcomes[points]?.__typename).toBe('TooManyRequestsError');
    const [row] = await app.database.sql<{ points: number }>('select points from auth_rate_limit');
    expect((row?.points ?? 1) % 5).toBe(0);
  });
});

describe('after the clock has been set back by two hours', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  // The library of the rate limits always uses the system clock.
  const setBack = (): void => {
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() - 7_200_000);
  };

  test.each([
    ['the process that reached it', 'login', 3, 'InvalidCredentialsError'],
    ['another process', 'login', 3, 'InvalidCredentialsError'],
    ['the process that reached it', 'refresh', 60, 'InvalidTokenError'],
    ['another process', 'refresh', 60, 'InvalidTokenError'],
  ])('a limit that was reached is over: %s, %s', async (caller, operation, points, answer) => {
    const limits = { [operation]: `origin ${String(points)}/1m` };
    const app = await appWith(limits, { lockout: { enabled: false } });
    const other = await appWith(limits, {
      ...{ database: { url: app.database.url }, clock: app.clock },
      lockout: { enabled: false },
    });
    const input = { login: { email: 'ada@example.com', password: 'x' }, refresh: { refreshToken: 'unknown' } };
    const callOn = (target: TestApp): Promise<Outcome> =>
      target.mutate(operation, input[operation as 'login'], from('192.0.2.1'));
    await repeat(points, () => callOn(app));
    expect((await callOn(app)).__typename).toBe('TooManyRequestsError');
    // Refreshes are counted in the database later.
    await until(async () => {
      const [row] = await app.database.sql<{ points: number }>('select points from auth_rate_limit');
      return row?.points === points;
    }, 'the shared count');
    setBack();
    const outcomes = await repeat(points + 1, () => callOn(caller === 'another process' ? other : app));
    expect(namesOf(outcomes)).toEqual([...Array<string>(points).fill(answer), 'TooManyRequestsError']);
    expect(outcomes.at(-1)?.retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

describe('if the store fails', () => {
  test('a locked table delays calls only briefly, and they are still limited', async () => {
    const { logger, lines } = recordingLogger();
    const app = await appWith({ login: 'account 3/1h' }, { logger });
    const { email, password } = await app.register();
    const unlock = await app.database.lock('auth_rate_limit');
    const outcomes = await repeat(4, () => app.mutate('login', { email, password }));
    await unlock();
    expect(namesOf(outcomes)).toEqual([...Array<string>(3).fill('LoginSuccess'), 'TooManyRequestsError']);
    const problems = lines().filter(({ level }) => Number(level) >= 50);
    expect(problems).toMatchObject([{ code: '55P03', msg: expect.stringContaining('cannot be counted') as unknown }]);
  });

  test('each process counts its own calls, and rejects none below the limit', async () => {
    const { logger, lines } = recordingLogger();
    const app = await appWith({ login: 'account 3/1h' }, { logger });
    const { email, password } = await app.register();
    await app.database.sql('alter table auth_rate_limit rename to elsewhere');
    const login = (): Promise<Outcome> => app.mutate('login', { email, password });
    expect(namesOf(await repeat(4, login))).toEqual([...Array<string>(3).fill('LoginSuccess'), 'TooManyRequestsError']);
    expect(lines().filter(({ msg }) => String(msg).includes('each process counts'))).toMatchObject([{ code: '42P01' }]);
  });
});

test('without limits nothing is counted', async () => {
  const app = await createTestApp({ rateLimits: { enabled: false } });
  const { email, password } = await app.register();
  await repeat(3, () => app.mutate('login', { email, password }));
  expect(await app.database.sql('select from auth_rate_limit')).toEqual([]);
});

test.each([
  ['login', '10'],
  ['login', 'account 0/1m'],
  ['login', 'account 10/60'],
  ['login', 'account 10/25h'],
  ['login', 'account 10/1m, account 20/1h'],
  ['login', 'user 10/1m'],
  ['verifyEmail', 'account 10/1m'],
])('the limit %s: "%s" is rejected when the service starts', async (operation, text) => {
  await expect(appWith({ [operation]: text })).rejects.toThrow(
    `rateLimits.${operation} must be "off" or limits such as`,
  );
});
