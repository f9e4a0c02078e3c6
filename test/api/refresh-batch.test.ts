import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { formatRefreshToken, hashToken, parseRefreshToken } from '../../src/core/sessions/refresh-token.js';
import type { SignedIn } from '../support/graphql-client.js';
import { sealSuccessor } from '../support/sealed-successor.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const USERS = 10;

/** Refreshes of several users that arrive together. */
const refreshAll = (app: TestApp, users: readonly SignedIn[]) =>
  Promise.all(users.map(({ refreshToken }) => app.mutation('refresh', { refreshToken })));

async function registerAll(app: TestApp): Promise<SignedIn[]> {
  return Promise.all(Array.from({ length: USERS }, () => app.register()));
}

describe('a session that another transaction has locked', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ emailLimit: { maxPerOriginPerHour: 0 } });
  });

  async function lockSession({ sessionId }: SignedIn): Promise<pg.Client> {
    const holder = new pg.Client({ connectionString: app.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from auth_session where id = $1 for update', [sessionId]);
    return holder;
  }

  test('does not hold up refreshes of other sessions, and is refreshed once it is free', async () => {
    const [slow, ...others] = (await registerAll(app)) as [SignedIn, ...SignedIn[]];
    const holder = await lockSession(slow);
    const waiting = app.refresh(slow.refreshToken);
    const answers = await refreshAll(app, others);
    expect(answers.map(({ data }) => data)).toEqual(
      others.map(() => ({ refresh: expect.objectContaining({ __typename: 'LoginSuccess' }) })),
    );
    expect(await Promise.race([waiting, delay(200, 'waiting')])).toBe('waiting');
    await holder.query('commit');
    await holder.end();
    expect((await waiting).user?.id).toBe(slow.userId);
  });

  test('is refused if the transaction revokes it', async () => {
    const ada = await app.register();
    const holder = await lockSession(ada);
    const waiting = app.refresh(ada.refreshToken);
    await app.database.untilWaiting('with asked as');
    await holder.query('update auth_session set revoked_at = now() where id = $1', [ada.sessionId]);
    await holder.query('commit');
    await holder.end();
    expect((await waiting).__typename).toBe('InvalidTokenError');
  });
});

test('a claims hook that throws for one user fails the refresh of that user alone', async () => {
  let unlucky = '';
  const app = await createTestApp({
    refreshReuseGraceSeconds: 0,
    emailLimit: { maxPerOriginPerHour: 0 },
    claims: ({ id }) => {
      if (id === unlucky) throw new Error('no claims');
      return { plan: 'free' };
    },
  });
  const users = await registerAll(app);
  unlucky = users[3]?.userId ?? '';
  const answers = await refreshAll(app, users);
  answers.forEach(({ data, errors }, index) => {
    if (users[index]?.userId === unlucky) expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    else expect(data).toMatchObject({ refresh: { __typename: 'LoginSuccess', user: { id: users[index]?.userId } } });
  });
  unlucky = '';
  // Without a grace period, a token works only if nothing was written.
  expect((await app.refresh(users[3]?.refreshToken ?? '')).__typename).toBe('LoginSuccess');
});

test('a token that an earlier release replaced gets the same pair within its grace period', async () => {
  const app = await createTestApp();
  const ada = await app.register();
  const { tokens } = await app.refresh(ada.refreshToken);
  const [presented, successor] = [parseRefreshToken(ada.refreshToken), parseRefreshToken(tokens?.refreshToken)];
  if (!presented || !successor) throw new Error('no token');
  const sealed = sealSuccessor(presented, successor);
  await app.database.sql('update auth_session set sealed_successor = $2 where id = $1', [ada.sessionId, sealed]);
  expect((await app.refresh(ada.refreshToken)).tokens).toEqual(tokens);
  // The rotation of this release keeps the earlier one, in its form.
  const next = await app.refresh(formatRefreshToken(successor));
  expect((await app.refresh(ada.refreshToken)).tokens).toEqual(next.tokens);
  const [row] = await app.database.sql<{ hash: Buffer }>('select token_hash as hash from auth_session where id = $1', [
    ada.sessionId,
  ]);
  expect(row?.hash).toEqual(hashToken(parseRefreshToken(next.tokens?.refreshToken) ?? presented));
});
