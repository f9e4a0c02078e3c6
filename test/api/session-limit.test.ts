import { beforeAll, describe, expect, test } from '@jest/globals';
import { SessionRevoked, UserLoggedIn } from '../../src/index.js';
import type { SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';
import { until } from '../support/until.js';

const LIMIT = 3;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ session: { maxPerUser: LIMIT } });
});

/** Signs in again and again, a second apart. */
async function signInTimes(count: number, { email, password }: SignedIn, on = app): Promise<SignedIn[]> {
  const sessions: SignedIn[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    on.clock.advance(1);
    sessions.push(await on.login({ email, password }));
  }
  return sessions;
}

interface Stored {
  readonly id: string;
  readonly reason: string | null;
}

async function storedSessions({ userId }: SignedIn, on = app): Promise<Stored[]> {
  return on.database.sql<Stored>(
    'select id, revoked_reason as reason from auth_session where user_id = $1 order by last_used_at',
    [userId],
  );
}

const idsOf = (sessions: readonly SignedIn[]): string[] => sessions.map(({ sessionId }) => sessionId);

async function liveIds(user: SignedIn, on = app): Promise<string[]> {
  const sessions = await storedSessions(user, on);
  return sessions.filter(({ reason }) => reason === null).map(({ id }) => id);
}

async function forgetCount({ userId }: SignedIn): Promise<void> {
  await app.database.sql('update auth_user set open_sessions = null where id = $1', [userId]);
}

describe('a user has at most session.maxPerUser live sessions', () => {
  test('a login beyond the limit ends the oldest session, with its own reason', async () => {
    const ada = await app.register();
    const later = await signInTimes(LIMIT, ada);
    expect(await storedSessions(ada)).toEqual([
      { id: ada.sessionId, reason: 'LIMIT_REACHED' },
      ...idsOf(later).map((id) => ({ id, reason: null })),
    ]);
    expect((await app.me(ada.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
    expect((await app.me(later.at(-1)?.accessToken)).errors).toEqual([]);
  });

  test('a recently refreshed session is not the oldest', async () => {
    const ada = await app.register();
    const [second, third] = await signInTimes(2, ada);
    app.clock.advance(1);
    await app.refresh(ada.refreshToken);
    const [fourth] = await signInTimes(1, ada);
    expect(await liveIds(ada)).toEqual(idsOf([third, ada, fourth].filter((session) => session !== undefined)));
    expect((await app.me(second?.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });

  test('the newest session is kept if all were used at the same instant', async () => {
    const ada = await app.register();
    for (let turn = 0; turn < 8; turn += 1) {
      const { accessToken } = await app.login(ada);
      expect((await app.me(accessToken)).errors).toEqual([]);
    }
    expect(await liveIds(ada)).toHaveLength(LIMIT);
  });

  test('ended sessions do not count', async () => {
    const ada = await app.register();
    for (const { accessToken: token } of await signInTimes(LIMIT - 1, ada))
      await app.mutate('logout', undefined, { token });
    await signInTimes(LIMIT - 1, ada);
    expect(await liveIds(ada)).toContain(ada.sessionId);
  });

  test("another user's sessions do not count", async () => {
    const ada = await app.register();
    const grace = await app.register();
    await signInTimes(LIMIT + 1, grace);
    expect(await liveIds(ada)).toEqual([ada.sessionId]);
  });

  test('a user with too many sessions is brought within the limit at the next login', async () => {
    const ada = await app.register();
    const unlimited = await createTestApp({ session: { maxPerUser: 0 }, database: { url: app.database.url } });
    unlimited.clock.advance(1);
    await signInTimes(6, ada, unlimited);
    expect(await liveIds(ada)).toHaveLength(7);
    await forgetCount(ada);
    app.clock.advance(60);
    const [newest] = await signInTimes(1, ada);
    expect(await liveIds(ada)).toHaveLength(LIMIT);
    expect(await liveIds(ada)).toContain(newest?.sessionId);
  });

  test('0 disables the limit', async () => {
    const unlimited = await createTestApp({ session: { maxPerUser: 0 } });
    const ada = await unlimited.register();
    await signInTimes(5, ada, unlimited);
    expect(await liveIds(ada, unlimited)).toHaveLength(6);
  });

  test('it applies with a claims hook too', async () => {
    const hooked = await createTestApp({ session: { maxPerUser: LIMIT }, claims: () => ({ tenant: 'acme' }) });
    const ada = await hooked.register();
    const later = await signInTimes(LIMIT, ada, hooked);
    expect(await liveIds(ada, hooked)).toEqual(idsOf(later));
  });
});

test('below the limit a login costs two statements, and so does the next one after a recount', async () => {
  const ada = await app.register();
  const signIn = (): Promise<number> => app.database.countStatements(() => signInTimes(1, ada));
  expect(await signIn()).toBe(2);
  await forgetCount(ada);
  expect(await signIn()).toBeGreaterThan(2);
  const { accessToken: token } = await app.login(ada);
  await app.mutate('revokeOtherSessions', undefined, { token });
  await forgetCount(ada);
  await signIn();
  expect(await signIn()).toBe(2);
});

test('every session that the limit ends is reported', async () => {
  const options: TestOptions = { session: { maxPerUser: 1 } };
  const told = await createTestApp(options);
  const heard: object[] = [];
  const opened: string[] = [];
  told.auth.events.on(SessionRevoked, ({ userId, sessionId, reason }) => {
    heard.push({ userId, sessionId, reason });
  });
  told.auth.events.on(UserLoggedIn, ({ sessionId }) => {
    opened.push(sessionId);
  });
  await told.auth.start();
  const ada = await told.register();
  const [second] = await signInTimes(2, ada, told);
  await until(() => heard.length === 2 && opened.length === 3, 'the events');
  expect(heard).toEqual(
    expect.arrayContaining(
      [ada.sessionId, second?.sessionId].map((sessionId) => ({
        userId: ada.userId,
        sessionId,
        reason: 'LIMIT_REACHED',
      })),
    ),
  );
});

test('a login succeeds if the limit cannot be enforced, and the next one enforces it', async () => {
  const { logger, lines } = recordingLogger();
  const single = await createTestApp({ session: { maxPerUser: 1 }, logger });
  const ada = await single.register();
  const release = await single.database.lockRows('auth_session', [ada.sessionId]);
  const [second] = await signInTimes(1, ada, single);
  await release();
  expect((await single.me(second?.accessToken)).errors).toEqual([]);
  expect(await liveIds(ada, single)).toEqual(idsOf([ada, second].filter((session) => session !== undefined)));
  expect(lines().map(({ msg }) => msg)).toContain('the session limit could not be enforced');
  const third = await signInTimes(1, ada, single);
  expect(await liveIds(ada, single)).toEqual(idsOf(third));
});
