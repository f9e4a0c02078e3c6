import { beforeAll, expect, test } from '@jest/globals';
import { SessionRevoked } from '../../src/core/sessions/session.events.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const MANY = 1_101;

let app: TestApp;
const heard: SessionRevoked[] = [];
beforeAll(async () => {
  app = await createTestApp();
  app.auth.events.on(SessionRevoked, (event) => void heard.push(event), 'operator-sessions');
  await app.auth.start();
});

async function isSignedIn({ accessToken: token }: Pick<SignedIn, 'accessToken'>): Promise<boolean> {
  const { data } = await app.request<{ me: object | null }>('{ me { id } }', {}, { token });
  return data.me !== null;
}

async function canRefresh({ refreshToken }: Pick<SignedIn, 'refreshToken'>): Promise<boolean> {
  return (await app.refresh(refreshToken)).__typename === 'LoginSuccess';
}

async function inFeed(sessionId: string): Promise<boolean> {
  // The feed is cached for a second.
  app.clock.advance(1);
  return (await app.auth.revocations()).sessions.includes(sessionId);
}

test('an operator ends every session of a user by address, and nobody else is signed out', async () => {
  const [ada, bob] = [await app.register(), await app.register()];
  const phone = await app.login(ada);
  expect(await app.auth.services.operatorSessions.revokeOf(` ${ada.email.toUpperCase()}`)).toBe(2);
  for (const session of [ada, phone]) {
    expect(await isSignedIn(session)).toBe(false);
    expect(await canRefresh(session)).toBe(false);
    expect(await inFeed(session.sessionId)).toBe(true);
  }
  expect(await isSignedIn(bob)).toBe(true);
  expect(await canRefresh(bob)).toBe(true);
  expect(await inFeed(bob.sessionId)).toBe(false);
  expect(await isSignedIn(await app.login(ada))).toBe(true);
});

test('an operator ends the sessions of a closed account by its id', async () => {
  const ada = await app.register();
  await app.database.sql('update auth_user set active = false where id = $1', [ada.userId]);
  expect(await app.auth.services.operatorSessions.revokeOfUser(ada.userId)).toBe(1);
  expect(await inFeed(ada.sessionId)).toBe(true);
  expect(await app.auth.services.operatorSessions.revokeOfUser(ada.userId)).toBe(0);
});

test('an operator ends one session, and the user keeps the others', async () => {
  const ada = await app.register();
  const phone = await app.login(ada);
  expect(await app.auth.services.operatorSessions.revoke(phone.sessionId)).toBe(true);
  expect(await isSignedIn(phone)).toBe(false);
  expect(await isSignedIn(ada)).toBe(true);
  expect(await app.auth.services.operatorSessions.revoke(phone.sessionId)).toBe(false);
  const bob = await app.register();
  const { operatorSessions } = app.auth.services;
  const ofBob = { sessionId: bob.sessionId };
  await expect(operatorSessions.revokeOf(ada.email, ofBob)).rejects.toThrow('There is no such session.');
  expect(await isSignedIn(bob)).toBe(true);
  expect(await operatorSessions.revokeOf(bob.email, ofBob)).toBe(1);
  expect(await isSignedIn(bob)).toBe(false);
  expect(await isSignedIn(ada)).toBe(true);
});

test('each session that an operator ends causes an event with the reason', async () => {
  const ada = await app.register();
  await app.auth.services.operatorSessions.revoke(ada.sessionId);
  const event = await until(() => heard.find(({ sessionId }) => sessionId === ada.sessionId), 'the event');
  expect(event).toMatchObject({ userId: ada.userId, reason: 'REVOKED_BY_OPERATOR' });
});

test('an unknown address or id ends no session', async () => {
  const { operatorSessions } = app.auth.services;
  await expect(operatorSessions.revokeOf(newEmail())).rejects.toThrow('No account has this address or id.');
  await expect(operatorSessions.revokeOf('nonsense')).rejects.toThrow('No account has this address or id.');
  for (const id of ['nonsense', '00000000-0000-7000-8000-000000000000'])
    await expect(operatorSessions.revokeOfUser(id)).rejects.toThrow('The user does not exist.');
  expect(await operatorSessions.revoke('nonsense')).toBe(false);
  expect(await operatorSessions.revoke('00000000-0000-7000-8000-000000000000')).toBe(false);
});

test('an operator ends all sessions of all users, however many there are', async () => {
  const crowded = await createTestApp();
  const [ada, bob] = [await crowded.register(), await crowded.register()];
  await crowded.database.sql(
    `insert into auth_session (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at)
       select gen_random_uuid(), s.user_id, sha256(n::text::bytea), s.token_hash, s.created_at, s.last_used_at,
         s.expires_at, s.absolute_expires_at
       from auth_session s, generate_series(1, $1) n where s.user_id = $2`,
    [MANY - 2, ada.userId],
  );
  expect(await crowded.auth.services.operatorSessions.revokeAll()).toBe(MANY);
  for (const { accessToken: token } of [ada, bob]) {
    const { data } = await crowded.request<{ me: object | null }>('{ me { id } }', {}, { token });
    expect(data.me).toBeNull();
  }
  const [row] = await crowded.database.sql(
    `select count(*)::int as events, count(distinct payload ->> 'sessionId')::int as sessions from auth_outbox
       where name = 'SessionRevoked' and payload ->> 'reason' = 'REVOKED_BY_OPERATOR'`,
  );
  expect(row).toEqual({ events: MANY, sessions: MANY });
  expect(await crowded.auth.services.operatorSessions.revokeAll()).toBe(0);
  expect(await crowded.login(ada)).toMatchObject({ userId: ada.userId });
});
