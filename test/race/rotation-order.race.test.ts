import { beforeAll, expect, test } from '@jest/globals';
import type { GraphQLTestClient, Outcome, SignedIn } from '../support/graphql-client.js';
import { oneTurnClient } from '../support/one-turn.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

const USERS = 20;
const SESSIONS_EACH = 5;
const ROTATIONS = 10_000;

let cluster: Cluster;
let clients: [GraphQLTestClient, GraphQLTestClient];
let sessions: SignedIn[];
/** The current refresh token of each session. */
let tokens: string[];
beforeAll(async () => {
  // Short, because a session keeps the rotations of its grace period, up to a maximum.
  cluster = await startTwoServices({ REFRESH_REUSE_GRACE_SECONDS: '5' });
  clients = [oneTurnClient(cluster.services[0].url), oneTurnClient(cluster.services[1].url)];
  const users = await atOnce(USERS, (turn) => cluster.service(turn).register());
  const others = await atOnce(USERS * (SESSIONS_EACH - 1), (turn) => cluster.service(turn).login(users[turn % USERS]!));
  sessions = [...users, ...others];
  tokens = sessions.map(({ refreshToken }) => refreshToken);
});

/** Refreshes the sessions in the order of these indexes, in one turn; returns the outcomes by index. */
async function refreshInOrder(client: GraphQLTestClient, order: readonly number[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await Promise.all(order.map(async (index) => (outcomes[index] = await client.refresh(tokens[index]!))));
  return outcomes;
}

async function count(condition: string): Promise<number> {
  const [row] = await cluster.database.sql<{ count: number }>(
    `select count(*)::int as count from auth_session where id = any($1) and ${condition}`,
    [sessions.map(({ sessionId }) => sessionId)],
  );
  return row?.count ?? 0;
}

test('ten thousand rotations in opposite orders in two processes lose nothing and never deadlock', async () => {
  const ascending = [...sessions.keys()];
  for (let round = 0; round < ROTATIONS / sessions.length; round += 1) {
    // Neighbours in one order are far apart in the next.
    const order = ascending.map((index) => (index * (2 * round + 1) * 3) % sessions.length);
    const shuffled = new Set(order).size === sessions.length ? order : ascending;
    const [one, other] = await Promise.all([
      refreshInOrder(clients[round % 2]!, shuffled),
      refreshInOrder(clients[(round + 1) % 2]!, shuffled.toReversed()),
    ]);
    expect([...one, ...other].filter(({ __typename }) => __typename !== 'LoginSuccess')).toEqual([]);
    // One of the two rotated the token, and the other got the same pair through its grace period.
    expect(other).toEqual(one);
    expect(new Set(one.map(({ tokens: pair }) => pair?.refreshToken)).size).toBe(sessions.length);
    expect(one.map(({ user }) => user?.id)).toEqual(sessions.map(({ userId }) => userId));
    tokens = one.map(({ tokens: pair }) => pair!.refreshToken);
  }
  expect(await count('revoked_at is null')).toBe(sessions.length);

  // A connection publishes its statistics at the latest when it closes.
  for (const service of cluster.services) await service.stop();
  expect(
    await cluster.database.sql('select deadlocks::int from pg_stat_database where datname = current_database()'),
  ).toEqual([{ deadlocks: 0 }]);
});
