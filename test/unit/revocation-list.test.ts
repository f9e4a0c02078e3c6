import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import { createTokenVerifier, type TokenVerifier } from '../../packages/verifier/src/index.js';
import { recordingLogger } from '../support/recording-logger.js';
import { until } from '../support/until.js';

const START = Date.UTC(2030, 0, 1);
const SESSION = '01890a5d-ac96-774b-bcce-b302099a8058';
const USER = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOTHING = { cursor: 0, tokenLifetimeSeconds: 900, sessions: [], users: {} };

const monotonicNow = performance.now.bind(performance);
let ahead = 0;
let now = START;
const clock = { now: (): Date => new Date(now) };
const auth = createTestAuth({ clock });
let verifier: TokenVerifier | undefined;
afterEach(() => {
  verifier?.close();
  jest.restoreAllMocks();
  now = START;
  ahead = 0;
});

type Answer = object | 'down';

/** A verifier whose feed answers in turn, the last answer again and again, or as told; and what it asked. */
function start(
  answers: Answer[] | ((search: string) => Answer),
  everySeconds = 0.02,
  uri = 'https://auth.example.com/revocations',
): { asked: string[]; rejects: (token?: string) => Promise<string> } {
  const asked: string[] = [];
  const fetchFeed = (target: unknown): Promise<Response> => {
    const { search } = new URL(target as string);
    asked.push(search);
    const answer = Array.isArray(answers) ? answers[Math.min(asked.length, answers.length) - 1] : answers(search);
    return answer === 'down' ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(Response.json(answer));
  };
  verifier = createTokenVerifier({
    ...auth.verifierOptions,
    revocations: { everySeconds, uri },
    fetch: fetchFeed,
  });
  const current = auth.signTestToken({ userId: USER, sessionId: SESSION });
  const rejects = async (token = current): Promise<string> =>
    verifier?.verify(token).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    ) ?? '';
  return { asked, rejects };
}

test('an unreachable feed is polled again within a second at first', async () => {
  const { asked, rejects } = start(['down', { ...NOTHING, sessions: [SESSION] }], 3600);
  expect(await rejects()).toBe('accepted');
  await until(() => asked.length > 1, 'the second question', 5_000);
  expect(await rejects()).toBe('SESSION_ENDED');
});

test.each([
  {},
  { ...NOTHING, cursor: 'x' },
  { ...NOTHING, sessions: 'x' },
  { ...NOTHING, users: { [USER]: 'x' } },
  { ...NOTHING, tokenLifetimeSeconds: undefined },
])('a response of another shape is ignored: %j', async (answer) => {
  const { asked, rejects } = start([answer, { ...NOTHING, sessions: [SESSION] }]);
  await until(() => asked.length > 2, 'the next questions');
  expect(asked.every((search) => /^\?since=\d+$/.test(search))).toBe(true);
  expect(await rejects()).toBe('SESSION_ENDED');
});

test('the address of the feed may have parameters', async () => {
  const { asked } = start([NOTHING], 3600, 'https://auth.example.com/revocations?key=abc');
  await until(() => asked.length > 0, 'the first question');
  expect(asked).toEqual(['?key=abc&since=0']);
});

test('an older response does not make a revoked token valid', async () => {
  const seconds = START / 1000;
  const { asked, rejects } = start([
    { ...NOTHING, users: { [USER]: seconds + 10 } },
    { ...NOTHING, users: { [USER]: seconds - 10 } },
  ]);
  await until(() => asked.length > 3, 'the next questions');
  expect(await rejects()).toBe('TOKEN_EXPIRED');
});

/** A feed that repeats nothing: everything for a new client, and then only news. */
function feedOf(sessions: string[]): (search: string) => object {
  return (search) => ({ ...NOTHING, cursor: START, sessions: search === '?since=0' ? sessions : [] });
}

/** Sets the monotonic clock forward too, as time does. */
function passTime(seconds: number): void {
  ahead += seconds * 1000;
  now += seconds * 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => monotonicNow() + ahead);
}

test('a session in the news is rejected, for as long as a token can be valid from when it was first told', async () => {
  let news: string[] = [];
  const { asked, rejects } = start((search) => ({
    ...{ ...NOTHING, cursor: START, tokenLifetimeSeconds: 60 },
    sessions: search === '?since=0' ? [] : news,
  }));
  const polled = async (): Promise<void> => {
    const before = asked.length;
    await until(() => asked.length > before + 1, 'the next questions');
  };
  const pass = async (seconds: number): Promise<void> => {
    passTime(seconds);
    await polled();
  };
  await polled();
  expect(await rejects()).toBe('accepted');
  news = [SESSION];
  await polled();
  expect(await rejects()).toBe('SESSION_ENDED');
  // The service repeats recent news.
  await pass(60);
  news = [];
  await pass(59);
  expect(await rejects()).toBe('SESSION_ENDED');
  await pass(2);
  expect(await rejects()).toBe('accepted');
  expect(asked.lastIndexOf('?since=0')).toBe(0);
});

describe('processes with different lifetimes', () => {
  const [shorter, longer] = [60, 86_400];
  /** Each process lists the revocations of its lifetime to a new client, and no news to others. */
  const answer = (search: string, lifetime: number, listed: string[]): object => ({
    ...{ ...NOTHING, cursor: START, tokenLifetimeSeconds: lifetime },
    sessions: search === '?since=0' ? listed : [],
  });

  test('a revocation is kept for the longer lifetime, whichever process reported it', async () => {
    let lifetime = shorter;
    const { asked, rejects } = start((search) => answer(search, lifetime, [SESSION]));
    expect(await rejects()).toBe('SESSION_ENDED');
    lifetime = longer;
    const before = asked.length;
    await until(() => asked.length > before + 2, 'questions to the other process');
    passTime(shorter + 100);
    await until(() => asked.length > before + 4, 'more questions');
    expect(await rejects()).toBe('SESSION_ENDED');
  });

  test('a revocation that only the process with the longer lifetime lists is found if both respond in turn', async () => {
    let calls = 0;
    const { asked, rejects } = start((search) =>
      (calls += 1) % 2 === 0 ? answer(search, longer, [SESSION]) : answer(search, shorter, []),
    );
    expect(await rejects()).toBe('accepted');
    await until(() => asked.length > 5, 'questions to both');
    expect(await rejects()).toBe('SESSION_ENDED');
    expect(asked.slice(4, 6)).toEqual([`?since=${String(START)}`, `?since=${String(START)}`]);
  });
});

test('the tag of a response is sent to its own address only', async () => {
  const tags: [string, string | null][] = [];
  verifier = createTokenVerifier({
    ...auth.verifierOptions,
    revocations: { everySeconds: 0.02, uri: 'https://auth.example.com/revocations' },
    fetch: (target, init) => {
      const { search } = new URL(target);
      tags.push([search, new Headers(init?.headers).get('if-none-match')]);
      return Promise.resolve(Response.json({ ...NOTHING, cursor: START }, { headers: { etag: `"${search}"` } }));
    },
  });
  await until(() => tags.length > 2, 'three questions');
  const later = `?since=${String(START)}`;
  expect(tags.slice(0, 3)).toEqual([
    ['?since=0', null],
    [later, null],
    [later, `"${later}"`],
  ]);
});

test.each([
  ['forward', 3600],
  ['back', -3600],
])('all revocations are requested again after the clock was set %s', async (_direction, seconds) => {
  const { asked } = start(feedOf([SESSION]));
  await until(() => asked.includes(`?since=${String(START)}`), 'the question for news');
  expect(asked.lastIndexOf('?since=0')).toBe(0);
  now += seconds * 1000;
  await until(() => asked.lastIndexOf('?since=0') > 0, 'the question for all');
  await until(() => asked.at(-1) === `?since=${String(START)}`, 'the next question for news');
});

test('a clock that is adjusted by a few seconds does not cause requests for all revocations', async () => {
  const { asked } = start(feedOf([SESSION]));
  for (const seconds of [5, -9, 7]) {
    const before = asked.length;
    await until(() => asked.length > before + 1, 'the next questions');
    now += seconds * 1000;
  }
  expect(asked.lastIndexOf('?since=0')).toBe(0);
});

test.each([60, 900, 86_400])('a revocation read while the clock was %d s slow is kept', async (seconds) => {
  const token = auth.signTestToken({ userId: USER, sessionId: SESSION });
  now = START - seconds * 1000;
  const { asked, rejects } = start(feedOf([SESSION]));
  await until(() => asked.length > 2, 'the questions with a slow clock');
  for (const age of [1, 100, 450, 899]) {
    now = START + age * 1000;
    const before = asked.length;
    await until(() => asked.length > before + 1, 'two more questions');
    expect([age, await rejects(token)]).toEqual([age, 'SESSION_ENDED']);
  }
});

test('a first response that takes long delays no token for long, and counts when it arrives', async () => {
  let respond: ((response: Response) => void) | undefined;
  // Further requests get no response.
  const fetchFeed: typeof fetch = (_uri, init) =>
    new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      respond ??= resolve;
    });
  const revocations = { everySeconds: 3600, uri: 'https://auth.example.com/revocations' };
  verifier = createTokenVerifier({ ...auth.verifierOptions, revocations, fetch: fetchFeed });
  const token = auth.signTestToken({ sessionId: SESSION });
  await verifier.verify(token);
  await new Promise((resolve) => setTimeout(resolve, 500));
  respond?.(Response.json({ ...NOTHING, sessions: [SESSION] }));
  const ours = verifier;
  const isRejected = (): Promise<boolean> =>
    ours.verify(token).then(
      () => false,
      () => true,
    );
  await until(isRejected, 'the rejection', 5_000);
});

test('a closed verifier sends no requests', async () => {
  const { asked } = start([NOTHING]);
  await until(() => asked.length > 1, 'the first questions');
  verifier?.close();
  const before = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked.length).toBeLessThanOrEqual(before + 1);
});

test('a verifier that is closed while the feed does not respond ends its request, and logs nothing', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = once(server, 'request') as Promise<[IncomingMessage]>;
  const { logger, lines } = recordingLogger();
  verifier = createTokenVerifier({
    ...auth.verifierOptions,
    logger,
    revocations: { everySeconds: 10, uri: `http://127.0.0.1:${String(port)}/revocations` },
  });
  const [request] = await asked;
  const ended = once(request.socket, 'close');
  verifier.close();
  await ended;
  server.close();
  expect(lines()).toEqual([]);
  // It would give up after thirty seconds.
});
