import { createSecretKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { expiredCopy } from '../support/expired-token.js';
import type { Answer, GraphQLTestClient, SignedIn } from '../support/graphql-client.js';
import { oneTurnClient } from '../support/one-turn.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';
import { TEST_SECRET } from '../support/test-secret.js';

const USERS = 100;
const REQUESTS = 1000;
/** As many as arrive on one connection in one turn. */
const REQUESTS_EACH = 50;
const ME = '{ me { id email firstName } }';

let cluster: Cluster;
/** Every other one is of the same process. */
let clients: GraphQLTestClient[];
let users: SignedIn[];
beforeAll(async () => {
  cluster = await startTwoServices({ EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0' });
  clients = Array.from({ length: REQUESTS / REQUESTS_EACH }, (_value, index) =>
    oneTurnClient(cluster.service(index).url),
  );
  users = await atOnce(USERS, (turn) => cluster.service(turn).register({ firstName: `User ${String(turn)}` }));
});

/** Sends a thousand requests at once; those of one connection have different tokens. */
async function askAtOnce(tokenOf: (request: number) => string): Promise<Answer[]> {
  return atOnce(REQUESTS, (request) => clients[request % clients.length]!.request(ME, {}, { token: tokenOf(request) }));
}

/** The request's own user: requests of one connection ask for different ones. */
function userOf(request: number): number {
  return (Math.floor(request / clients.length) * 7 + request) % USERS;
}

function whoIs(user: number): object {
  const { userId: id, email } = users[user]!;
  return { me: { id, email, firstName: `User ${String(user)}` } };
}

/** Every request with one of these tokens is refused for its reason, and every other one gets its own user. */
function expectOwn(answers: readonly Answer[], refused: (request: number) => string | undefined): void {
  const seen = answers.map(({ data, errors }) => ({ data, reason: errors[0]?.extensions.reason }));
  const expected = answers.map((_answer, request) => {
    const reason = refused(request);
    return { data: reason === undefined ? whoIs(userOf(request)) : { me: null }, reason };
  });
  expect(seen).toEqual(expected);
}

const tokenOf = (request: number): string => users[userOf(request)]!.accessToken;

describe('a thousand concurrent me in two processes', () => {
  test('each get their own user', async () => {
    expectOwn(await askAtOnce(tokenOf), () => undefined);
  });

  test('are answered or refused each by their own token', async () => {
    const [expired, closed, ended] = await atOnce(3, (turn) => cluster.service(turn).register());
    await cluster.database.sql('update auth_user set active = false where id = $1', [closed!.userId]);
    await cluster.service(0).mutate('logout', undefined, { token: ended!.accessToken });
    const spoiled: [string, string][] = [
      [await expiredCopy(expired!.accessToken, createSecretKey(TEST_SECRET, 'utf8')), 'TOKEN_EXPIRED'],
      [closed!.accessToken, 'SESSION_ENDED'],
      ['nonsense', 'TOKEN_INVALID'],
      [ended!.accessToken, 'SESSION_ENDED'],
      [`${expired!.accessToken.slice(0, -4)}AAAA`, 'TOKEN_INVALID'],
    ];
    // Three of the fifty requests of each connection, in different places.
    const spoiledOf = (request: number): [string, string] | undefined =>
      request % 17 === 3 ? spoiled[Math.floor(request / 17) % spoiled.length] : undefined;
    const answers = await askAtOnce((request) => spoiledOf(request)?.[0] ?? tokenOf(request));
    expectOwn(answers, (request) => spoiledOf(request)?.[1]);
  });

  test('refuse a session from the next turn on after it was revoked in either process', async () => {
    for (let round = 0; round < 6; round += 1) {
      const leaving = await cluster.service(round).login(users[round]!);
      const isLeaving = (request: number): boolean => request % 20 === round;
      const tokens = (request: number): string => (isLeaving(request) ? leaving.accessToken : tokenOf(request));
      const before = askAtOnce(tokens);
      await cluster.service(round >> 1).mutate('logout', undefined, { token: leaving.accessToken });
      const after = askAtOnce(tokens);
      expectOwn(await after, (request) => (isLeaving(request) ? 'SESSION_ENDED' : undefined));
      const others = (await before).filter((_answer, request) => !isLeaving(request));
      expect(others.filter(({ errors }) => errors.length > 0)).toEqual([]);
    }
  });
});
