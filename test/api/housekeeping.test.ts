import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { systemClock } from '../../src/platform/clock.js';
import { newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const DAY = 24 * 60 * 60;
const WEEK = 7 * DAY;

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp({
    jwt: { accessTokenExpiration: '1d', refreshTokenExpiration: '30d' },
    lockout: { durationSeconds: 900 },
    // Some tests below are without: measuring must not change what a statement returns.
    metrics: new Registry(),
  });
});

function run(): Promise<number> {
  return app.auth.services.housekeeping.run();
}

async function idsOf(table: 'auth_session' | 'auth_one_time_token' | 'auth_device'): Promise<string[]> {
  return (await app.database.sql<{ id: string }>(`select id from ${table} order by id`)).map(({ id }) => id);
}

/** Whether guesses at the password of an address are remembered. */
async function isCounted(email: string): Promise<boolean> {
  const rows = await app.database.sql(
    `select from auth_login_attempt where key_hash = sha256(convert_to('address:' || $1::text, 'UTF8'))`,
    [email],
  );
  return rows.length > 0;
}

describe('housekeeping', () => {
  test('deletes sessions a week after they were ended, and keeps the live ones', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    await app.mutate('logout', undefined, { token: other.accessToken });
    app.clock.advance(WEEK);
    await run();
    expect(await idsOf('auth_session')).toEqual([ada.sessionId, other.sessionId].sort());
    app.clock.advance(1);
    await run();
    expect(await idsOf('auth_session')).toEqual([ada.sessionId]);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
    expect((await app.refresh(other.refreshToken)).__typename).toBe('InvalidTokenError');
  });

  test('deletes sessions a week after they expired', async () => {
    const ada = await app.register();
    app.clock.advance(29 * DAY);
    const later = await app.login(ada);
    app.clock.advance(DAY + WEEK + 1);
    await run();
    expect(await idsOf('auth_session')).toEqual([later.sessionId]);
    expect((await app.refresh(later.refreshToken)).__typename).toBe('LoginSuccess');
  });

  test('deletes tokens a week after they were consumed or expired, and keeps open ones', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const ask = async (user: { accessToken: string; password: string }): Promise<string> => {
      const before = await idsOf('auth_one_time_token');
      const input = { newEmail: newEmail(), currentPassword: user.password };
      await app.mutate('changeEmail', input, { token: user.accessToken });
      return (await idsOf('auth_one_time_token')).find((id) => !before.includes(id)) ?? '';
    };
    const spent = await ask(ada);
    app.clock.advance(1);
    const expired = await ask(ada);
    app.clock.advance(WEEK + 1);
    await run();
    expect(await idsOf('auth_one_time_token')).toEqual([expired]);
    expect(spent).not.toBe(expired);
    app.clock.advance(DAY - 1);
    const open = await ask(await app.login(bob));
    app.clock.advance(2);
    await run();
    expect(await idsOf('auth_one_time_token')).toEqual([open]);
  });

  test('deletes counters that the lockout no longer uses, and keeps the others', async () => {
    const ada = await app.register();
    const strangers = Array.from({ length: 6 }, newEmail);
    const guess = (email: string): Promise<{ __typename: string }> => app.mutate('login', { email, password: 'wrong' });
    for (const email of strangers) await guess(email);
    app.clock.advance(1);
    for (let time = 0; time < 5; time += 1) await guess(ada.email);
    app.clock.advance(899);
    await run();
    expect(await Promise.all(strangers.map(isCounted))).toEqual(Array(6).fill(true));
    expect((await guess(ada.email)).__typename).toBe('AccountLockedError');
    app.clock.advance(1);
    await run();
    expect(await Promise.all(strangers.map(isCounted))).toEqual(Array(6).fill(false));
    expect(await isCounted(ada.email)).toBe(true);
    expect((await app.login(ada)).userId).toBe(ada.userId);
  });

  test('keeps an active lockout', async () => {
    const ada = await app.register();
    for (let time = 0; time < 5; time += 1) await app.mutate('login', { email: ada.email, password: 'wrong' });
    app.clock.advance(890);
    await run();
    expect((await app.mutate('login', { email: ada.email, password: ada.password })).__typename).toBe(
      'AccountLockedError',
    );
  });

  test('deletes a device without a sign-in for 400 days', async () => {
    const { email, password } = await app.register();
    const stale = await app.mutate('login', { email, password });
    const used = await app.mutate('login', { email, password });
    const signIn = (deviceToken: string | null | undefined): Promise<{ deviceToken?: string | null }> =>
      app.mutate('login', { email, password, deviceToken });
    app.clock.advance(300 * DAY);
    await signIn(used.deviceToken);
    app.clock.advance(100 * DAY + 1);
    await run();
    expect((await signIn(used.deviceToken)).deviceToken).toBeNull();
    expect((await signIn(stale.deviceToken)).deviceToken).toEqual(expect.any(String));
  });

  test('deletes nothing while the clock of the machine is ahead of that of the database', async () => {
    const { logger, lines } = recordingLogger();
    const metrics = new Registry();
    const own = await createTestApp({ logger, metrics });
    await own.register();
    own.clock.advance(1000 * DAY);
    const ahead = jest.spyOn(systemClock, 'now').mockImplementation(() => new Date(Date.now() + 1000 * DAY * 1000));
    try {
      expect(await own.auth.services.housekeeping.run()).toBe(0);
    } finally {
      ahead.mockRestore();
    }
    expect(await own.database.sql('select count(*)::int as count from auth_session')).toEqual([{ count: 1 }]);
    expect(await metrics.getSingleMetricAsString('auth_housekeeping_failures_total')).toMatch(/ 1$/m);
    expect(lines().map(({ msg }) => msg)).toContain(
      'the clock is ahead of that of the database; housekeeping is skipped',
    );
    expect(await own.auth.services.housekeeping.run()).toBeGreaterThan(0);
  });

  test('a table that cannot be cleaned does not keep the others from it', async () => {
    const { logger, lines } = recordingLogger();
    const metrics = new Registry();
    app = await createTestApp({ logger, metrics });
    const ada = await app.register();
    await app.mutate('login', { email: newEmail(), password: 'wrong' });
    await app.database.sql('create table of_application (id uuid references auth_session (id))');
    await app.database.sql('insert into of_application values ($1)', [ada.sessionId]);
    app.clock.advance(1000 * DAY);
    await expect(run()).rejects.toMatchObject({ table: 'of_application' });
    expect(lines().filter(({ msg }) => msg === 'housekeeping failed')).toMatchObject([
      { code: '23503', constraint: 'of_application_id_fkey' },
    ]);
    expect(await metrics.getSingleMetricAsString('auth_housekeeping_failures_total')).toMatch(/ 1$/m);
    const tables = ['auth_login_attempt', 'auth_email_limit', 'auth_registration_claim', 'auth_device'];
    for (const table of tables) expect(await app.database.sql(`select from ${table}`)).toEqual([]);
    expect(await idsOf('auth_session')).toEqual([ada.sessionId]);
    await app.database.sql('drop table of_application');
    await run();
    expect(await idsOf('auth_session')).toEqual([]);
  });

  test('never deletes a user', async () => {
    const ada = await app.register();
    app.clock.advance(1000 * DAY);
    await run();
    expect((await app.login(ada)).userId).toBe(ada.userId);
  });

  test('two concurrent runs delete every row once', async () => {
    const ada = await app.register();
    const live = ada.sessionId;
    await app.database.sql(
      `insert into auth_session (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at)
       select gen_random_uuid(), $1, sha256(convert_to(n::text, 'UTF8')), '\\x00', now(), now(), $2, $2
       from generate_series(1, 3500) n`,
      [ada.userId, new Date(app.clock.now().getTime() - (WEEK + DAY) * 1000)],
    );
    const deleted = await Promise.all([run(), run()]);
    expect(deleted.reduce((sum, count) => sum + count)).toBe(3500);
    expect(await idsOf('auth_session')).toEqual([live]);
    expect(await run()).toBe(0);
  });
});
