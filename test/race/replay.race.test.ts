import { beforeAll, expect, test } from '@jest/globals';
import type { SignedIn } from '../support/graphql-client.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';
import { until } from '../support/until.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ REFRESH_REUSE_GRACE_SECONDS: '1' });
});

async function isLive(accessToken: string | undefined): Promise<boolean> {
  return (await cluster.service(1).me(accessToken)).errors.length === 0;
}

/** Waits until the previous token of a session is no longer good. */
async function graceIsOver({ sessionId }: SignedIn): Promise<void> {
  const over = `select from auth_session where id = $1 and rotated_at < clock_timestamp() - interval '1.05 seconds'`;
  await until(async () => (await cluster.database.sql(over, [sessionId])).length > 0, 'the end of the grace period');
}

async function revokedSessions(users: readonly SignedIn[]): Promise<object[]> {
  return cluster.database.sql(
    'select id, revoked_reason from auth_session where revoked_at is not null and user_id = any($1)',
    [users.map(({ userId }) => userId)],
  );
}

test.each([1, 20])(
  'a token replayed %i times at once after its grace period revokes exactly its session',
  async (replays) => {
    const ada = await cluster.service(0).register();
    const sameUser = await cluster.service(1).login(ada);
    const stranger = await cluster.service(1).register();
    const { tokens } = await cluster.service(0).refresh(ada.refreshToken);
    await graceIsOver(ada);
    expect(await isLive(tokens?.accessToken)).toBe(true);
    const outcomes = await atOnce(replays, (turn) => cluster.service(turn).refresh(ada.refreshToken));
    expect(new Set(outcomes.map(({ __typename }) => __typename))).toEqual(new Set(['InvalidTokenError']));
    expect(await isLive(tokens?.accessToken)).toBe(false);
    expect((await cluster.service(0).refresh(tokens?.refreshToken ?? '')).__typename).toBe('InvalidTokenError');
    for (const { accessToken, refreshToken } of [sameUser, stranger]) {
      expect(await isLive(accessToken)).toBe(true);
      expect((await cluster.service(0).refresh(refreshToken)).__typename).toBe('LoginSuccess');
    }
    expect(await revokedSessions([ada, stranger])).toEqual([
      { id: ada.sessionId, revoked_reason: 'REFRESH_TOKEN_REPLAYED' },
    ]);
  },
);

test('a token past its grace period revokes its session, even if its successor is within its own', async () => {
  const ada = await cluster.service(0).register();
  const first = await cluster.service(0).refresh(ada.refreshToken);
  await graceIsOver(ada);
  const newer = first.tokens?.refreshToken ?? '';
  const second = await cluster.service(1).refresh(newer);
  const outcomes = await atOnce(20, (turn) => cluster.service(turn).refresh(turn === 19 ? ada.refreshToken : newer));
  expect(outcomes.at(-1)?.__typename).toBe('InvalidTokenError');
  expect(await isLive(second.tokens?.accessToken)).toBe(false);
  expect(await revokedSessions([ada])).toEqual([{ id: ada.sessionId, revoked_reason: 'REFRESH_TOKEN_REPLAYED' }]);
});
