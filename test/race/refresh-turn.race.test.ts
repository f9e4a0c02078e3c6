import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLTestClient, Outcome, RequestOptions, SignedIn } from '../support/graphql-client.js';
import { oneTurnClient } from '../support/one-turn.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

const CALLERS = 20;

let cluster: Cluster;
let clients: [GraphQLTestClient, GraphQLTestClient];
beforeAll(async () => {
  cluster = await startTwoServices({ TRUSTED_HOPS: '1', EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0' });
  clients = [oneTurnClient(cluster.services[0].url), oneTurnClient(cluster.services[1].url)];
});

/** The user and the session that an access token names. */
function ownerIn(outcome: Outcome): object {
  const [, payload = ''] = outcome.tokens?.accessToken.split('.') ?? [];
  const { sub, sid } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Record<string, string>;
  return { userId: sub, sessionId: sid };
}

async function newUsers(): Promise<SignedIn[]> {
  return atOnce(CALLERS, (turn) => cluster.service(turn).register());
}

async function expectWhole(users: readonly SignedIn[], outcomes: readonly Outcome[]): Promise<void> {
  expect(outcomes.filter(({ __typename }) => __typename !== 'LoginSuccess')).toEqual([]);
  expect(outcomes.map(ownerIn)).toEqual(users.map(({ userId, sessionId }) => ({ userId, sessionId })));
  expect(outcomes.map(({ user }) => user?.email)).toEqual(users.map(({ email }) => email));
  const again = await atOnce(outcomes.length, (turn) =>
    cluster.service(turn).refresh(outcomes[turn]?.tokens?.refreshToken ?? ''),
  );
  expect(again.map(ownerIn)).toEqual(users.map(({ userId, sessionId }) => ({ userId, sessionId })));
}

/** What makes one of the tokens bad; returns the token to present. */
type Spoil = (user: SignedIn) => Promise<string>;

async function sql(text: string, user: SignedIn): Promise<void> {
  await cluster.database.sql(text, [user.sessionId]);
}

const BAD_TOKENS: [string, Spoil][] = [
  ['an unknown token', () => Promise.resolve(`${randomText(16)}.${randomText(32)}`)],
  ['a malformed token', () => Promise.resolve('no token')],
  ['an empty token', () => Promise.resolve('')],
  ['a token with a NUL byte', ({ refreshToken }) => Promise.resolve(`${refreshToken.slice(0, -1)}\0`)],
  [
    'the token of an expired session',
    async (user) => {
      await sql('update auth_session set expires_at = created_at where id = $1', user);
      return user.refreshToken;
    },
  ],
  [
    'the token of a deactivated account',
    async (user) => {
      await sql(
        'update auth_user set active = false where id = (select user_id from auth_session where id = $1)',
        user,
      );
      return user.refreshToken;
    },
  ],
  [
    'the token of a revoked session',
    async (user) => {
      await cluster.service(0).mutate('logout', undefined, { token: user.accessToken });
      return user.refreshToken;
    },
  ],
  [
    'a replaced token after its grace period',
    async (user) => {
      await cluster.service(0).refresh(user.refreshToken);
      await sql(`update auth_session set rotated_at = rotated_at - interval '1 hour' where id = $1`, user);
      return user.refreshToken;
    },
  ],
  [
    'a token with the right handle and another secret',
    ({ refreshToken }) => Promise.resolve(`${refreshToken.slice(0, 23)}${randomText(32)}`),
  ],
];

function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

const ODD_HEADERS: [string, Record<string, string>][] = [
  ['a User-Agent of 3,000 characters', { 'user-agent': 'x'.repeat(3000) }],
  ['a User-Agent with bytes that are not ASCII', { 'user-agent': 'caf\xe9 \xff' }],
  ['a User-Agent of quotes and braces', { 'user-agent': `{"a","b\\"}','NULL` }],
  ['an X-Forwarded-For that is not an address', { 'x-forwarded-for': 'nowhere, {1,2}' }],
];

describe.each([
  ['one process', 1],
  ['two processes', 2],
])('refreshes of one turn in %s', (_name, processes) => {
  const refresh = (turn: number, token: string, options?: RequestOptions): Promise<Outcome> =>
    clients[turn % processes]!.refresh(token, options);

  test('twenty of one token all get the same pair', async () => {
    const ada = await cluster.service(0).register();
    const outcomes = await atOnce(CALLERS, (turn) => refresh(turn, ada.refreshToken));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    await expectWhole([ada], outcomes.slice(0, 1));
  });

  test('each of twenty tokens gets a pair for its session', async () => {
    const users = await newUsers();
    await expectWhole(users, await atOnce(CALLERS, (turn) => refresh(turn, users[turn]!.refreshToken)));
  });

  test('each of twenty sessions of one user gets its own pair', async () => {
    const ada = await cluster.service(0).register();
    const sessions = [ada];
    while (sessions.length < CALLERS) sessions.push(await cluster.service(sessions.length).login(ada));
    await expectWhole(sessions, await atOnce(CALLERS, (turn) => refresh(turn, sessions[turn]!.refreshToken)));
  });

  test('a replaced token and its successors each get pairs of their session', async () => {
    const ada = await cluster.service(0).register();
    const { tokens } = await cluster.service(1).refresh(ada.refreshToken);
    const newer = tokens?.refreshToken ?? '';
    const outcomes = await atOnce(CALLERS, (turn) => refresh(turn, turn % 4 < 2 ? ada.refreshToken : newer));
    expect(outcomes.map(ownerIn)).toEqual(outcomes.map(() => ({ userId: ada.userId, sessionId: ada.sessionId })));
    // Whoever came before the rotation got the newer token itself, and everybody else its successor.
    const next = (await cluster.service(0).refresh(newer)).tokens?.refreshToken ?? '';
    expect([newer, next]).toEqual(expect.arrayContaining(outcomes.map(({ tokens: pair }) => pair?.refreshToken)));
    await expectWhole([ada], [await cluster.service(1).refresh(ada.refreshToken)]);
  });

  test.each(BAD_TOKENS)('%s fails alone among nineteen good ones', async (_bad, spoil) => {
    for (const place of [0, 7]) {
      const users = await newUsers();
      const bad = await spoil(users[place]!);
      const outcomes = await atOnce(CALLERS, (turn) => refresh(turn, turn === place ? bad : users[turn]!.refreshToken));
      expect(outcomes[place]).toEqual(INVALID_TOKEN);
      await expectWhole(users.toSpliced(place, 1), outcomes.toSpliced(place, 1));
    }
  });

  test.each(ODD_HEADERS)('%s does no harm to any of twenty', async (_odd, headers) => {
    const users = await newUsers();
    const outcomes = await atOnce(CALLERS, (turn) =>
      refresh(turn, users[turn]!.refreshToken, turn === 7 ? { headers } : {}),
    );
    await expectWhole(users, outcomes);
  });
});
