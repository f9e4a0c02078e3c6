import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

const SESSION_NOT_FOUND = { __typename: 'SessionNotFoundError', code: 'AUTH_SESSION_NOT_FOUND' };

async function endedReason(accessToken: string | undefined): Promise<string | undefined> {
  return (await app.me(accessToken)).errors[0]?.extensions.reason;
}

describe('logout', () => {
  test('ends the session of the access token at once, and no other', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    expect(await app.mutate('logout', undefined, { token: ada.accessToken })).toEqual({
      __typename: 'SessionRevoked',
      sessionId: ada.sessionId,
    });
    expect(await endedReason(ada.accessToken)).toBe('SESSION_ENDED');
    expect(await endedReason(other.accessToken)).toBeUndefined();
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
  });

  test('finds no session the second time', async () => {
    const { accessToken: token } = await app.register();
    await app.mutate('logout', undefined, { token });
    expect(await app.mutate('logout', undefined, { token })).toMatchObject(SESSION_NOT_FOUND);
  });

  test('costs one statement', async () => {
    const { accessToken: token } = await app.register();
    const count = await app.database.countStatements(() => app.mutate('logout', undefined, { token }));
    expect(count).toBe(1);
  });

  test('the siblings of a later field in the same operation are rejected', async () => {
    const { accessToken: token } = await app.register();
    const answer = await app.request(
      'mutation { logout { __typename } revokeAllSessions { __typename } }',
      {},
      { token },
    );
    expect(answer.data).toEqual({ logout: { __typename: 'SessionRevoked' }, revokeAllSessions: null });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
  });
});

describe('revokeSession', () => {
  test("ends one of the user's own sessions", async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const outcome = await app.mutate('revokeSession', { sessionId: other.sessionId }, { token: ada.accessToken });
    expect(outcome).toEqual({ __typename: 'SessionRevoked', sessionId: other.sessionId });
    expect(await endedReason(other.accessToken)).toBe('SESSION_ENDED');
    expect(await endedReason(ada.accessToken)).toBeUndefined();
    const third = await app.login(ada);
    const upper = { sessionId: third.sessionId.toUpperCase() };
    expect(await app.mutate('revokeSession', upper, { token: ada.accessToken })).toMatchObject({
      sessionId: third.sessionId,
    });
  });

  test('does not find the session of another user, an ended one, or an invalid id', async () => {
    const ada = await app.register();
    const stranger = await app.register();
    const ended = await app.login(ada);
    await app.mutate('logout', undefined, { token: ended.accessToken });
    for (const sessionId of [stranger.sessionId, ended.sessionId, 'no id', '', "'; drop table auth_session; --"]) {
      const outcome = await app.mutate('revokeSession', { sessionId }, { token: ada.accessToken });
      expect(outcome).toMatchObject(SESSION_NOT_FOUND);
    }
    expect(await endedReason(stranger.accessToken)).toBeUndefined();
  });

  test('is rejected for a session that has ended', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    await app.mutate('logout', undefined, { token: ada.accessToken });
    for (const sessionId of [other.sessionId, 'no id']) {
      const answer = await app.mutation('revokeSession', { sessionId }, { token: ada.accessToken });
      expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
    }
    expect(await endedReason(other.accessToken)).toBeUndefined();
  });
});

describe('revokeOtherSessions', () => {
  test('ends every session of the user but the current one', async () => {
    const ada = await app.register();
    const others = [await app.login(ada), await app.login(ada)];
    const stranger = await app.register();
    const outcome = await app.mutate('revokeOtherSessions', undefined, { token: ada.accessToken });
    expect(outcome).toEqual({ __typename: 'SessionsRevoked', count: 2 });
    for (const other of others) expect(await endedReason(other.accessToken)).toBe('SESSION_ENDED');
    expect(await endedReason(ada.accessToken)).toBeUndefined();
    expect(await endedReason(stranger.accessToken)).toBeUndefined();
  });
});

describe('revokeAllSessions', () => {
  test('ends every session, and a login within the same second works', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const outcome = await app.mutate('revokeAllSessions', undefined, { token: ada.accessToken });
    expect(outcome).toEqual({ __typename: 'SessionsRevoked', count: 2 });
    const again = await app.login(ada);
    expect(await endedReason(again.accessToken)).toBeUndefined();
    expect(await endedReason(ada.accessToken)).toBe('SESSION_ENDED');
    expect(await endedReason(other.accessToken)).toBe('SESSION_ENDED');
  });
});

describe('User.sessions', () => {
  test('lists the live sessions, newest activity first, and marks the current one', async () => {
    const headers = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    const ada = await app.register();
    app.clock.advance(1);
    const firefox = await app.login(ada, { headers });
    app.clock.advance(1);
    const ended = await app.login(ada);
    await app.mutate('logout', undefined, { token: ended.accessToken });
    const fields = 'id current deviceName userAgent ipAddress createdAt lastUsedAt expiresAt';
    const answer = await app.request<{ me: { sessions: unknown[] } }>(
      `{ me { sessions { ${fields} } } }`,
      {},
      { token: ada.accessToken },
    );
    expect(answer.data.me.sessions).toMatchObject([
      { id: firefox.sessionId, current: false, deviceName: 'Firefox on Linux', userAgent: headers['user-agent'] },
      { id: ada.sessionId, current: true, ipAddress: '127.0.0.1' },
    ]);
  });
});
