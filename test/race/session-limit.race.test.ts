import { beforeAll, expect, test } from '@jest/globals';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

const LIMIT = 5;

let cluster: Cluster;
beforeAll(async () => {
  // An attempt counts until its password has been compared, and here many are compared at once.
  cluster = await startTwoServices({ SESSION_MAX_PER_USER: String(LIMIT), LOCKOUT_MAX_ATTEMPTS: '1000' });
});

interface Row {
  readonly usedAt: Date;
  readonly reason: string | null;
}

test.each([
  ['of a user whose sessions are counted', ''],
  ['of a user from before they were counted', 'update auth_user set open_sessions = null where id = $1'],
])('of twenty concurrent sign-ins %s, the newest sessions stay and no sign-in is rejected', async (_name, before) => {
  const ada = await cluster.service(0).register();
  if (before !== '') await cluster.database.sql(before, [ada.userId]);
  const { email, password } = ada;
  const opened = await atOnce(20, (turn) => cluster.service(turn).login({ email, password }));
  expect(new Set(opened.map(({ sessionId }) => sessionId)).size).toBe(20);
  const sessions = await cluster.database.sql<Row>(
    'select last_used_at as "usedAt", revoked_reason as reason from auth_session where user_id = $1',
    [ada.userId],
  );
  const live = sessions.filter(({ reason }) => reason === null);
  const ended = sessions.filter(({ reason }) => reason === 'LIMIT_REACHED');
  expect([live.length, ended.length]).toEqual([LIMIT, 21 - LIMIT]);
  const times = (rows: readonly Row[]): number[] => rows.map(({ usedAt }) => usedAt.getTime());
  expect(Math.min(...times(live))).toBeGreaterThanOrEqual(Math.max(...times(ended)));
});

test('sign-ins beyond the limit and revocations of the same sessions do not deadlock', async () => {
  const ada = await cluster.service(0).register();
  const { email, password } = ada;
  const outcomes = await atOnce(24, async (turn) => {
    const service = cluster.service(turn);
    const { accessToken: token } = await service.login({ email, password });
    // A session that the limit has ended in the meantime may not revoke; that is an answer too.
    return service.request('mutation { revokeOtherSessions { __typename } }', {}, { token });
  });
  const codes = outcomes.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
  expect(codes.filter((code) => code !== 'UNAUTHENTICATED')).toEqual([]);
});
