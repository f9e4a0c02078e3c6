import { beforeEach, expect, test } from '@jest/globals';
import { RevocationFeedService } from '../../src/core/sessions/revocation-feed.service.js';
import type { RevocationRepository, RevokedSince } from '../../src/core/sessions/revocation.repository.js';
import { settled } from '../support/settled.js';

const START = Date.UTC(2030, 0, 1);
const NOTHING: RevokedSince = { sessions: [], users: {}, newest: 0 };

interface Query {
  readonly since: number;
  readonly answer: (rows: RevokedSince) => void;
  readonly fail: (error: Error) => void;
}

let now: number;
let queries: Query[];
let feed: RevocationFeedService;
beforeEach(() => {
  now = START;
  queries = [];
  const listSince = (since: Date): Promise<RevokedSince> =>
    new Promise((answer, fail) => queries.push({ since: since.getTime(), answer, fail }));
  feed = new RevocationFeedService({
    revocationRepository: { listSince } as unknown as RevocationRepository,
    clock: { now: () => new Date(now) },
    tokenLifetimeSeconds: 900,
  });
});

test('a query that takes long is not repeated, and its result is shared for a second from its end', async () => {
  const asked = [feed.list()];
  for (let seconds = 0; seconds < 60; seconds += 1) {
    now += 1000;
    asked.push(feed.list());
  }
  expect(queries).toHaveLength(1);
  queries[0]?.answer({ ...NOTHING, sessions: ['a'] });
  for (const { sessions } of await Promise.all(asked)) expect(sessions).toEqual(['a']);
  now += 999;
  expect((await feed.list()).sessions).toEqual(['a']);
  expect(queries).toHaveLength(1);
  now += 1;
  void feed.list();
  await settled();
  expect(queries).toHaveLength(2);
});

test('there is one query at a time, and whoever waits for it shares the next, which has everything they need', async () => {
  const first = feed.list(START);
  const others = Array.from({ length: 20 }, (_, index) => feed.list(START - index * 10_000));
  await settled();
  expect(queries).toHaveLength(1);
  queries[0]?.answer(NOTHING);
  await first;
  await settled();
  expect(queries).toHaveLength(2);
  expect(queries[1]?.since).toBe(START - 190_000 - 80_000);
  queries[1]?.answer({ ...NOTHING, sessions: ['a'] });
  const answers = await Promise.all(others.slice(1));
  for (const { sessions } of answers) expect(sessions).toEqual(['a']);
});

test('a query that fails holds up nobody but its callers', async () => {
  const [first, second] = [feed.list(), feed.list(START)];
  queries[0]?.fail(new Error('the database is gone'));
  await expect(first).rejects.toThrow('gone');
  await settled();
  queries[1]?.answer(NOTHING);
  expect(await second).toMatchObject({ sessions: [] });
  void feed.list();
  expect(queries).toHaveLength(3);
});

test('whoever waits shares the earliest starting point, in whatever order they ask', async () => {
  const first = feed.list(START);
  const others = [START - 100_000, START - 10_000].map((cursor) => feed.list(cursor));
  queries[0]?.answer(NOTHING);
  await first;
  await settled();
  expect(queries[1]?.since).toBe(START - 100_000 - 80_000);
  queries[1]?.answer(NOTHING);
  await Promise.all(others);
});

test('a cursor of a clock that was ahead skips nothing, and a node whose clock is ahead gives none', async () => {
  const answer = feed.list(START + 3_600_000);
  expect(queries[0]?.since).toBe(START - 80_000);
  queries[0]?.answer({ ...NOTHING, newest: START + 20_000 });
  expect((await answer).cursor).toBe(START);
});
