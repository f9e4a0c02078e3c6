import { afterEach, expect, test } from '@jest/globals';
import { createTestAuth } from '../../packages/verifier/src/testing.js';
import { createTokenVerifier, type TokenVerifier } from '../../packages/verifier/src/index.js';
import { until } from '../support/until.js';

const START = Date.UTC(2030, 0, 1);
const SESSION = '01890a5d-ac96-774b-bcce-b302099a8058';
const USER = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOTHING = { cursor: 0, tokenLifetimeSeconds: 900, sessions: [], users: {} };

let now = START;
const clock = { now: (): Date => new Date(now) };
const auth = createTestAuth({ clock });
let verifier: TokenVerifier | undefined;
afterEach(() => {
  verifier?.close();
  now = START;
});

/** A verifier whose feed answers in turn, the last answer again and again; and what it asked. */
function start(
  answers: (object | 'down')[],
  everySeconds = 0.02,
  uri = 'https://auth.example.com/revocations',
): { asked: string[]; rejects: () => Promise<string> } {
  const asked: string[] = [];
  const fetchFeed = (target: unknown): Promise<Response> => {
    asked.push(new URL(target as string).search);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return answer === 'down' ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(Response.json(answer));
  };
  verifier = createTokenVerifier({
    ...auth.verifierOptions,
    revocations: { everySeconds, uri },
    fetch: fetchFeed,
  });
  const token = auth.signTestToken({ userId: USER, sessionId: SESSION });
  const rejects = async (): Promise<string> =>
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

test('revocations dropped while the clock was fast are requested again', async () => {
  const { asked } = start([{ ...NOTHING, cursor: START, sessions: [SESSION] }]);
  await until(() => asked.includes(`?since=${String(START)}`), 'the question for news');
  now += 3_600_000;
  const before = asked.length;
  await until(() => asked.length > before + 1, 'a question with a fast clock');
  now = START;
  await until(() => asked.lastIndexOf('?since=0') > before, 'the question for all');
});

test('a closed verifier sends no requests', async () => {
  const { asked } = start([NOTHING]);
  await until(() => asked.length > 1, 'the first questions');
  verifier?.close();
  const before = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked.length).toBeLessThanOrEqual(before + 1);
});
