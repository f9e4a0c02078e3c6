import { beforeAll, describe, expect, test } from '@jest/globals';
import { timeKey, toPastRotation } from '../../src/features/sessions/rotation-record.js';
import { newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const DAY = 24 * 60 * 60;
/** The length of the longest usual `User-Agent` header; a test client sends a short one. */
const LONG_USER_AGENT = 200;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function isLive(accessToken: string | undefined): Promise<boolean> {
  return (await app.me(accessToken)).errors.length === 0;
}

describe('refresh', () => {
  test('returns a new pair for the same session', async () => {
    const ada = await app.register();
    app.clock.advance(10);
    const { session, tokens, user } = await app.refresh(ada.refreshToken);
    expect(session?.id).toBe(ada.sessionId);
    expect(user?.email).toBe(ada.email);
    expect(tokens?.refreshToken).not.toBe(ada.refreshToken);
    expect(tokens?.accessToken).not.toBe(ada.accessToken);
    expect(await isLive(tokens?.accessToken)).toBe(true);
  });

  test('costs at most two statements, whatever the outcome', async () => {
    const ada = await app.register();
    const budget = async (token: string): Promise<number> => app.database.countStatements(() => app.refresh(token));
    expect(await budget(ada.refreshToken)).toBe(1);
    expect(await budget(ada.refreshToken)).toBe(2);
    expect(await budget((await app.refresh(ada.refreshToken)).tokens?.refreshToken ?? '')).toBe(1);
    expect(await budget(ada.refreshToken)).toBe(2);
    app.clock.advance(31);
    expect(await budget(ada.refreshToken)).toBe(2);
  });

  test('is a HOT update, which leaves the indexes alone', async () => {
    const alone = await createTestApp();
    const ada = await alone.register();
    let token = ada.refreshToken;
    for (let round = 0; round < 20; round += 1) {
      token = (await alone.refresh(token)).tokens?.refreshToken ?? '';
      // The row keeps a rotation for as long as its grace period lasts. It stays on its page if it does not grow.
      alone.clock.advance(31);
    }
    let stats: { updates: number; hot: number } | undefined;
    // A connection of the server hands its statistics in with its next statement, a second later at the soonest.
    for (let wait = 0; wait < 50 && (stats?.updates ?? 0) < 20; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await Promise.all(Array.from({ length: 10 }, () => alone.me(ada.accessToken)));
      [stats] = await alone.database.sql<{ updates: number; hot: number }>(
        `select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'auth_session'`,
      );
    }
    expect(stats).toEqual({ updates: 20, hot: 20 });
  });

  test('returns the same pair again within the grace period, and changes nothing', async () => {
    const ada = await app.register();
    const first = await app.refresh(ada.refreshToken);
    app.clock.advance(29);
    expect(await app.refresh(ada.refreshToken)).toEqual(first);
    expect((await app.refresh(first.tokens?.refreshToken ?? '')).__typename).toBe('LoginSuccess');
  });

  test('a token replayed after the grace period revokes its session and no other', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const { tokens } = await app.refresh(ada.refreshToken);
    app.clock.advance(31);
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect(await isLive(tokens?.accessToken)).toBe(false);
    expect(await app.refresh(tokens?.refreshToken ?? '')).toEqual(INVALID_TOKEN);
    expect(await isLive(other.accessToken)).toBe(true);
  });

  /** Refreshes a number of times in a row; returns every outcome. */
  async function chain(on: TestApp, token: string, length: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let step = 0; step < length; step += 1)
      outcomes.push(await on.refresh(outcomes.at(-1)?.tokens?.refreshToken ?? token));
    return outcomes;
  }

  test.each([2, 3, 20, 33])(
    'a token replaced a moment ago gets the current pair, even after %i rotations',
    async (length) => {
      const ada = await app.register();
      const outcomes = await chain(app, ada.refreshToken, length);
      app.clock.advance(0.072);
      const replaced = [ada.refreshToken, ...outcomes.slice(0, -1).map(({ tokens }) => tokens?.refreshToken ?? '')];
      for (const token of replaced) expect(await app.refresh(token)).toEqual(outcomes.at(-1));
      expect(await isLive(outcomes.at(-1)?.tokens?.accessToken)).toBe(true);
    },
  );

  test('with a claims hook, a token replaced two rotations ago gets the current pair', async () => {
    const hooked = await createTestApp({ claims: () => ({ 'https://acme.example/tenant': 'acme' }) });
    const ada = await hooked.register();
    const outcomes = await chain(hooked, ada.refreshToken, 3);
    expect(await hooked.refresh(ada.refreshToken)).toEqual(outcomes.at(-1));
  });

  test('the grace period of each token counts from its own rotation', async () => {
    const ada = await app.register();
    const [first] = await chain(app, ada.refreshToken, 1);
    app.clock.advance(20);
    const [second] = await chain(app, first?.tokens?.refreshToken ?? '', 1);
    app.clock.advance(9);
    expect(await app.refresh(ada.refreshToken)).toEqual(second);
    app.clock.advance(2);
    expect(await app.refresh(first?.tokens?.refreshToken ?? '')).toEqual(second);
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect(await isLive(second?.tokens?.accessToken)).toBe(false);
  });

  test('a rotation keeps earlier tokens for the length of their grace period', async () => {
    const ada = await app.register();
    const kept = async (): Promise<number> => {
      const [row] = await app.database.sql<{ kept: number }>(
        'select coalesce(cardinality(earlier_rotations), 0) as kept from auth_session where id = $1',
        [ada.sessionId],
      );
      return row?.kept ?? 0;
    };
    let outcomes = await chain(app, ada.refreshToken, 3);
    expect(await kept()).toBe(2);
    app.clock.advance(20);
    outcomes = await chain(app, outcomes.at(-1)?.tokens?.refreshToken ?? '', 2);
    expect(await kept()).toBe(4);
    app.clock.advance(11);
    outcomes = await chain(app, outcomes.at(-1)?.tokens?.refreshToken ?? '', 1);
    expect(await kept()).toBe(2);
    app.clock.advance(31);
    await chain(app, outcomes.at(-1)?.tokens?.refreshToken ?? '', 1);
    expect(await kept()).toBe(0);
  });

  test('the row of a session that refreshes without pause keeps its rotations on its own page', async () => {
    const ada = await app.register();
    await chain(app, ada.refreshToken, 40);
    const [row] = await app.database.sql<{ kept: number; bytes: number }>(
      'select cardinality(earlier_rotations) as kept, pg_column_size(s.*) as bytes from auth_session s where id = $1',
      [ada.sessionId],
    );
    expect(row?.kept).toBe(32);
    // Above this, PostgreSQL moves columns to another table. @see TOAST_TUPLE_THRESHOLD
    expect(row?.bytes).toBeLessThan(2032 - LONG_USER_AGENT);
  });

  test.each([
    { release: 'with a seed', bytes: 56 },
    { release: 'with an encrypted token', bytes: 100 },
  ])('a rotation that an earlier release kept $release is read', ({ bytes }) => {
    const record = Buffer.concat([timeKey(5000), Buffer.alloc(32, 1), Buffer.alloc(bytes - 40, 2)]);
    expect(toPastRotation(record)).toEqual({
      rotatedAt: new Date(5000),
      tokenHash: Buffer.alloc(32, 1),
      successorSeed: Buffer.alloc(bytes - 40, 2),
    });
  });

  test('tokens that an earlier release replaced, with whole hashes, get the current pair until their grace period ends', async () => {
    const ada = await app.register();
    const outcomes = await chain(app, ada.refreshToken, 3);
    const [first = '', second = ''] = outcomes.map(({ tokens }) => tokens?.refreshToken ?? '');
    // What is kept is sorted by age.
    await app.database.sql(
      `update auth_session set earlier_rotations = array(
        select substr(record, 1, 8) || sha256(convert_to('token:' || token, 'UTF8')) || substr(record, 25)
        from unnest(earlier_rotations, $2::text[]) with ordinality kept (record, token, age) order by age
      ) where id = $1`,
      [ada.sessionId, [first, ada.refreshToken]],
    );
    for (const token of [ada.refreshToken, first, second]) expect(await app.refresh(token)).toEqual(outcomes.at(-1));
    const latest = await app.refresh(outcomes.at(-1)?.tokens?.refreshToken ?? '');
    expect(await app.refresh(ada.refreshToken)).toEqual(latest);
    app.clock.advance(31);
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
  });

  describe('of a session that is refreshed faster than it can remember', () => {
    const TOO_MANY = { __typename: 'TooManyRequestsError', code: 'AUTH_TOO_MANY_REQUESTS' };

    test('a forgotten token must wait until its grace period is over, and only then counts as replayed', async () => {
      const ada = await app.register();
      const outcomes = await chain(app, ada.refreshToken, 60);
      app.clock.advance(10);
      expect(await app.refresh(ada.refreshToken)).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 20 });
      expect(await isLive(outcomes.at(-1)?.tokens?.accessToken)).toBe(true);
      app.clock.advance(20);
      expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
      expect(await isLive(outcomes.at(-1)?.tokens?.accessToken)).toBe(false);
    });

    test('a thief who keeps refreshing is still detected', async () => {
      const ada = await app.register();
      let stolen = ada.refreshToken;
      const spin = async (): Promise<void> => {
        stolen = (await chain(app, stolen, 34)).at(-1)?.tokens?.refreshToken ?? '';
        app.clock.advance(25);
      };
      await spin();
      expect(await app.refresh(ada.refreshToken)).toMatchObject(TOO_MANY);
      for (let round = 0; round < 12; round += 1) await spin();
      expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
      expect(await app.refresh(stolen)).toEqual(INVALID_TOKEN);
    });
  });

  test('without a grace period the first replay revokes the session', async () => {
    const strict = await createTestApp({ refreshReuseGraceSeconds: 0 });
    const ada = await strict.register();
    const { tokens } = await strict.refresh(ada.refreshToken);
    expect(await strict.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect((await strict.me(tokens?.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test("without a grace period a replay revokes the session even if another node's clock is a few seconds ahead", async () => {
    const strict = await createTestApp({ refreshReuseGraceSeconds: 0 });
    const ada = await strict.register();
    await strict.refresh(ada.refreshToken);
    strict.clock.advance(-2);
    expect(await strict.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect((await strict.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test('without a grace period a token replaced two rotations ago revokes its session', async () => {
    const strict = await createTestApp({ refreshReuseGraceSeconds: 0 });
    const ada = await strict.register();
    await chain(strict, ada.refreshToken, 2);
    expect(await strict.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect((await strict.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test('a replay that ends a session is logged with the session and the caller, but without the token', async () => {
    const { logger, lines, text } = recordingLogger();
    const strict = await createTestApp({ refreshReuseGraceSeconds: 0, logger });
    const ada = await strict.register();
    await chain(strict, ada.refreshToken, 1);
    for (let time = 0; time < 2; time += 1) await strict.refresh(ada.refreshToken);
    expect(lines().filter(({ msg }) => msg === 'a replaced refresh token was presented again')).toEqual([
      expect.objectContaining({ userId: ada.userId, sessionId: ada.sessionId, ipAddress: '127.0.0.1' }),
    ]);
    expect(text()).not.toContain(ada.refreshToken.split('.')[1]);
  });

  test('replaying the token of a session that was logged out does not affect other sessions', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    await app.mutate('logout', undefined, { token: ada.accessToken });
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    expect(await isLive(other.accessToken)).toBe(true);
  });

  test("with A's access token and B's refresh token affects only B's session", async () => {
    const a = await app.register();
    const b = await app.register();
    const { user, session, tokens } = await app.refresh(b.refreshToken, { token: a.accessToken });
    expect(user?.email).toBe(b.email);
    expect(session?.id).toBe(b.sessionId);
    expect(await isLive(a.accessToken)).toBe(true);
    expect(await isLive(tokens?.accessToken)).toBe(true);
    expect((await app.refresh(a.refreshToken)).user?.email).toBe(a.email);
  });

  test.each([
    ['unknown', () => 'AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['empty', () => ''],
    ['malformed', () => 'no token'],
    ['of 100 kB', () => 'x'.repeat(100_000)],
    ['with a NUL', () => 'AAAAAAAAAAAAAAAAAAAAA\u0000.A'],
  ])('a token that is %s is invalid', async (_name, token) => {
    expect(await app.refresh(token())).toEqual(INVALID_TOKEN);
  });

  test('a missing token is an invalid token', async () => {
    expect((await app.request('mutation { refresh { __typename } }')).data).toEqual({
      refresh: { __typename: 'InvalidTokenError' },
    });
    expect(await app.mutate('refresh', { refreshToken: null })).toEqual(INVALID_TOKEN);
  });

  test('a valid handle with a guessed secret is a replay', async () => {
    const ada = await app.register();
    const [handle] = ada.refreshToken.split('.');
    expect(await app.refresh(`${handle ?? ''}.${'A'.repeat(43)}`)).toEqual(INVALID_TOKEN);
    expect(await isLive(ada.accessToken)).toBe(false);
  });

  test('a session that is not refreshed expires', async () => {
    const ada = await app.register();
    app.clock.advance(7 * DAY + 1);
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
  });

  test('a session ends at its absolute lifetime, however often it is refreshed', async () => {
    const short = await createTestApp({
      jwt: { refreshTokenExpiration: '2d' },
      session: { maxLifetime: '3d' },
    });
    let { refreshToken } = await short.register({ email: newEmail() });
    const start = short.clock.now().getTime();
    for (let day = 1; day <= 2; day += 1) {
      short.clock.advance(DAY);
      const { tokens } = await short.refresh(refreshToken);
      refreshToken = tokens?.refreshToken ?? '';
      const expiresAt = new Date(tokens?.refreshTokenExpiresAt ?? '').getTime();
      expect(expiresAt).toBe(Math.min(short.clock.now().getTime() + 2 * DAY * 1000, start + 3 * DAY * 1000));
    }
    short.clock.advance(DAY - 60);
    const last = await short.refresh(refreshToken);
    // Other subgraphs do not ask the service whether the session still exists.
    const end = Math.floor(start / 1000) + 3 * DAY;
    const [, payload = ''] = last.tokens?.accessToken.split('.') ?? [];
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ exp: end });
    expect(new Date(last.tokens?.accessTokenExpiresAt ?? '').getTime()).toBe(end * 1000);
    short.clock.advance(60);
    expect(await short.refresh(last.tokens?.refreshToken ?? '')).toEqual(INVALID_TOKEN);
  });

  describe('a shorter lifetime also applies to open sessions, at their next refresh', () => {
    async function openThenShorten(options: TestOptions): Promise<[TestApp, TestApp, SignedIn, SignedIn]> {
      const before = await createTestApp();
      const after = await createTestApp({ ...options, clock: before.clock, database: { url: before.database.url } });
      return [before, after, await before.register(), await before.register()];
    }

    const remaining = ({ tokens }: Outcome, { clock }: TestApp): number =>
      (new Date(tokens?.refreshTokenExpiresAt ?? '').getTime() - clock.now().getTime()) / 1000;

    test('without a refresh', async () => {
      const [before, after, ada, bob] = await openThenShorten({ jwt: { refreshTokenExpiration: '2h' } });
      before.clock.advance(7_140);
      expect(remaining(await after.refresh(ada.refreshToken), after)).toBe(7_200);
      before.clock.advance(60);
      expect(await after.refresh(bob.refreshToken)).toEqual(INVALID_TOKEN);
      expect((await before.refresh(bob.refreshToken)).__typename).toBe('LoginSuccess');
    });

    test('since the sign-in', async () => {
      const [before, after, ada, bob] = await openThenShorten({
        jwt: { refreshTokenExpiration: '2h' },
        session: { maxLifetime: '2h' },
      });
      before.clock.advance(7_140);
      expect(remaining(await after.refresh(ada.refreshToken), after)).toBe(60);
      const { tokens } = await before.refresh(bob.refreshToken);
      before.clock.advance(60);
      expect(await after.refresh(tokens?.refreshToken ?? '')).toEqual(INVALID_TOKEN);
      expect((await before.refresh(tokens?.refreshToken ?? '')).__typename).toBe('LoginSuccess');
    });
  });

  test('an account that is closed gets no new pair', async () => {
    const ada = await app.register();
    await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
  });

  test('an overlong User-Agent does not waste the token', async () => {
    const ada = await app.register();
    const headers = { 'user-agent': `Firefox ${'x'.repeat(10_000)}` };
    const { __typename, tokens } = await app.refresh(ada.refreshToken, { headers });
    expect(__typename).toBe('LoginSuccess');
    const answer = await app.request('{ me { sessions { userAgent } } }', {}, { token: tokens?.accessToken });
    expect(answer.data).toEqual({ me: { sessions: [{ userAgent: headers['user-agent'].slice(0, 512) }] } });
  });

  test('neither token is stored, not even in the sealed successor', async () => {
    const ada = await app.register();
    const refreshed = (await chain(app, ada.refreshToken, 3)).map(({ tokens }) => tokens?.refreshToken ?? '');
    const secrets = [ada.refreshToken, ...refreshed].flatMap((token) => token.split('.'));
    const [row] = await app.database.sql<{ text: string }>('select s::text as text from auth_session s where id = $1', [
      ada.sessionId,
    ]);
    for (const secret of secrets) {
      expect(row?.text).not.toContain(secret);
      expect(row?.text).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
    }
  });
});
