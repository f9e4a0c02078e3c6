import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome, SignedIn } from '../support/graphql-client.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ REFRESH_REUSE_GRACE_SECONDS: '30' });
});

async function liveSessions(userId: string): Promise<number> {
  const [row] = await cluster.database.sql<{ count: number }>(
    'select count(*)::int as count from auth_session where user_id = $1 and revoked_at is null',
    [userId],
  );
  return row?.count ?? 0;
}

/** Why a token is refused; undefined when it is good. */
async function refusalOf(accessToken: string | undefined): Promise<object | undefined> {
  return (await cluster.service(0).me(accessToken)).errors[0]?.extensions;
}

describe('parallel refreshes of one token in two processes', () => {
  test.each([
    [2, 60],
    [20, 30],
    [50, 10],
  ])('%i at once all get the same new pair and the session stays open, for %i rounds', async (callers, rounds) => {
    const ada = await cluster.service(0).register();
    let { refreshToken } = ada;
    for (let round = 0; round < rounds; round += 1) {
      const outcomes = await atOnce(callers, (turn) => cluster.service(turn + round).refresh(refreshToken));
      const pairs = new Set(outcomes.map(({ tokens }) => JSON.stringify(tokens)));
      expect(outcomes.filter(({ __typename }) => __typename !== 'LoginSuccess')).toEqual([]);
      expect(pairs.size).toBe(1);
      const next = outcomes[0]?.tokens?.refreshToken ?? '';
      expect(next).not.toBe(refreshToken);
      refreshToken = next;
      expect(await refusalOf(outcomes[0]?.tokens?.accessToken)).toBeUndefined();
    }
    expect(await liveSessions(ada.userId)).toBe(1);
  });
});

describe('a token and its successor, refreshed concurrently in two processes', () => {
  test('both get pairs of the session, which stays open, for 30 rounds', async () => {
    const ada = await cluster.service(0).register();
    let { refreshToken: older } = ada;
    let newer = (await cluster.service(1).refresh(older)).tokens?.refreshToken ?? '';
    for (let round = 0; round < 30; round += 1) {
      const outcomes = await atOnce(22, (turn) =>
        cluster.service(turn + round).refresh(turn % 11 === 5 ? newer : older),
      );
      expect(outcomes.filter(({ __typename }) => __typename !== 'LoginSuccess')).toEqual([]);
      // Whoever came before the rotation got the newer token itself, and everybody else its successor.
      const next = outcomes[5]?.tokens?.refreshToken ?? '';
      const pairs = new Map(outcomes.map(({ tokens }) => [tokens?.refreshToken, JSON.stringify(tokens)]));
      expect([newer, next]).toEqual(expect.arrayContaining([...pairs.keys()]));
      expect(await cluster.service(round).refresh(older)).toEqual(outcomes[5]);
      for (const { tokens } of outcomes) expect(await refusalOf(tokens?.accessToken)).toBeUndefined();
      [older, newer] = [newer, next];
    }
    expect(await liveSessions(ada.userId)).toBe(1);
  });

  test('every token of a chain of rotations gets a pair within its grace period', async () => {
    const ada = await cluster.service(0).register();
    const chain = [ada.refreshToken];
    const walk = async (): Promise<void> => {
      for (let step = 0; step < 30; step += 1) {
        const { tokens } = await cluster.service(step).refresh(chain.at(-1) ?? '');
        chain.push(tokens?.refreshToken ?? '');
      }
    };
    const comeBack = async (turn: number): Promise<Outcome[]> => {
      const outcomes: Outcome[] = [];
      for (let step = 0; step < 20; step += 1)
        outcomes.push(await cluster.service(turn).refresh(chain[step % Math.max(1, chain.length - 1)] ?? ''));
      return outcomes;
    };
    const [, ...returned] = await Promise.all([walk(), ...[0, 1, 2, 3].map(comeBack)]);
    expect(returned.flat().filter(({ __typename }) => __typename !== 'LoginSuccess')).toEqual([]);
    const present = await cluster.service(0).refresh(chain[0] ?? '');
    for (const token of chain.slice(0, -1)) expect(await cluster.service(1).refresh(token)).toEqual(present);
    expect(await liveSessions(ada.userId)).toBe(1);
  });
});

describe('a refresh concurrent with the end of its session', () => {
  async function race(end: (ada: SignedIn, turn: number) => Promise<Outcome>): Promise<void> {
    for (let round = 0; round < 40; round += 1) {
      const ada = await cluster.service(round).register();
      // Each sets out first in every other round, and each from both processes.
      const refreshing = (): Promise<Outcome[]> =>
        atOnce(4, (turn) => cluster.service(turn + (round >> 1)).refresh(ada.refreshToken));
      const early = round % 2 === 0 ? refreshing() : undefined;
      const ending = end(ada, round >> 1);
      const [ended, refreshed] = await Promise.all([ending, early ?? refreshing()]);
      expect(['SessionRevoked', 'SessionsRevoked']).toContain(ended.__typename);
      expect(await liveSessions(ada.userId)).toBe(0);
      const pairs = [ada, ...refreshed.flatMap(({ tokens }) => (tokens ? [tokens] : []))];
      for (const { accessToken, refreshToken } of pairs) {
        expect(await refusalOf(accessToken)).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
        expect((await cluster.service(round).refresh(refreshToken)).__typename).toBe('InvalidTokenError');
      }
    }
  }

  test('leaves no live session after a logout', async () => {
    await race((ada, turn) => cluster.service(turn + 1).mutate('logout', undefined, { token: ada.accessToken }));
  });

  test('leaves no live session after revokeAllSessions', async () => {
    await race((ada, turn) =>
      cluster.service(turn + 1).mutate('revokeAllSessions', undefined, { token: ada.accessToken }),
    );
  });

  test('never deadlocks with concurrent revocations of ten sessions', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ada = await cluster.service(0).register();
      const others: SignedIn[] = [];
      for (let n = 0; n < 9; n += 1) others.push(await cluster.service(n).login(ada));
      const [refreshed, ended] = await Promise.all([
        Promise.all([ada, ...others].map(({ refreshToken }, turn) => cluster.service(turn).refresh(refreshToken))),
        Promise.all(
          others
            .slice(0, 4)
            .map(({ accessToken }, turn) =>
              cluster.service(turn).mutation('revokeAllSessions', undefined, { token: accessToken }),
            ),
        ),
      ]);
      for (const { __typename } of refreshed) expect(['LoginSuccess', 'InvalidTokenError']).toContain(__typename);
      const refusals = ended.flatMap(({ errors }) => errors);
      expect(refusals.filter(({ extensions }) => extensions.code !== 'UNAUTHENTICATED')).toEqual([]);
      expect(refusals.length).toBeLessThan(ended.length);
      expect(await liveSessions(ada.userId)).toBe(0);
    }
  });
});
