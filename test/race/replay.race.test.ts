import { beforeAll, expect, test } from '@jest/globals';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ REFRESH_REUSE_GRACE_SECONDS: '1' });
}, 60_000);

async function isLive(accessToken: string | undefined): Promise<boolean> {
  return (await cluster.service(1).me(accessToken)).errors.length === 0;
}

test('a token replayed after the grace period, twenty times at once, revokes exactly its session', async () => {
  const ada = await cluster.service(0).register();
  const sameUser = await cluster.service(1).login(ada);
  const stranger = await cluster.service(1).register();
  const { tokens } = await cluster.service(0).refresh(ada.refreshToken);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const outcomes = await atOnce(20, (turn) => cluster.service(turn).refresh(ada.refreshToken));
  expect(new Set(outcomes.map(({ __typename }) => __typename))).toEqual(new Set(['InvalidTokenError']));
  expect(await isLive(tokens?.accessToken)).toBe(false);
  expect((await cluster.service(0).refresh(tokens?.refreshToken ?? '')).__typename).toBe('InvalidTokenError');
  expect(await isLive(sameUser.accessToken)).toBe(true);
  expect(await isLive(stranger.accessToken)).toBe(true);
  const revoked = await cluster.database.sql(
    'select id, revoked_reason from auth_session where revoked_at is not null',
  );
  expect(revoked).toEqual([{ id: ada.sessionId, revoked_reason: 'REFRESH_TOKEN_REPLAYED' }]);
});
