import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
} from '../../packages/verifier/src/index.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

interface Feed {
  readonly status: number;
  readonly tag: string;
  readonly cursor: number;
  readonly tokenLifetimeSeconds: number;
  readonly sessions: string[];
  readonly users: Record<string, number>;
}

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

/** Asks a second later, when an answer of before is not good enough any more. */
async function ask(since?: number | string, headers = {}): Promise<Feed> {
  app.clock.advance(1);
  const query = since === undefined ? '' : `?since=${String(since)}`;
  const response = await app.server.inject({ url: `/revocations${query}`, headers });
  const body = response.body.startsWith('{') ? (JSON.parse(response.body) as object) : {};
  return { status: response.statusCode, tag: String(response.headers.etag), ...body } as Feed;
}

describe('the revocation feed', () => {
  test('lists a session that has ended, for whatever reason', async () => {
    const [ada, bob, eve] = [await app.register(), await app.register(), await app.register()];
    await app.mutate('logout', undefined, { token: ada.accessToken });
    const other = await app.login(bob);
    await app.mutate('revokeOtherSessions', undefined, { token: other.accessToken });
    const { tokens } = await app.refresh(eve.refreshToken);
    await app.refresh(tokens?.refreshToken ?? '');
    app.clock.advance(31);
    await app.refresh(eve.refreshToken);
    const { sessions, tokenLifetimeSeconds, users } = await ask();
    expect(sessions).toEqual(expect.arrayContaining([ada.sessionId, bob.sessionId, eve.sessionId]));
    expect(sessions).not.toContain(other.sessionId);
    expect({ tokenLifetimeSeconds, users }).toEqual({ tokenLifetimeSeconds: 900, users: {} });
  });

  test('lists it as long as one of its tokens can be valid, and no longer', async () => {
    const { accessToken, sessionId } = await app.register();
    await app.mutate('logout', undefined, { token: accessToken });
    app.clock.advance(895);
    expect((await ask()).sessions).toContain(sessionId);
    app.clock.advance(120);
    expect((await ask()).sessions).not.toContain(sessionId);
  });

  test('returns only news to a client that polls again', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    await app.mutate('logout', undefined, { token: ada.accessToken });
    const { cursor } = await ask();
    app.clock.advance(120);
    await app.mutate('logout', undefined, { token: bob.accessToken });
    const news = await ask(cursor + 90_000);
    expect(news.sessions).toContain(bob.sessionId);
    expect(news.sessions).not.toContain(ada.sessionId);
    expect(news.cursor).toBeGreaterThan(cursor);
  });

  test('repeats recent entries, since changes become visible with a delay', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    await app.mutate('logout', undefined, { token: ada.accessToken });
    app.clock.advance(30);
    await app.mutate('logout', undefined, { token: bob.accessToken });
    const { cursor } = await ask();
    expect(cursor).toBe(app.clock.now().getTime() - 1000);
    expect((await ask(cursor)).sessions).toContain(ada.sessionId);
  });

  test('returns an empty response to a client that is up to date', async () => {
    const { tag } = await ask();
    expect((await ask(undefined, { 'if-none-match': tag })).status).toBe(304);
    const { accessToken } = await app.register();
    await app.mutate('logout', undefined, { token: accessToken });
    expect((await ask(undefined, { 'if-none-match': tag })).status).toBe(200);
  });

  test('queries the database once a second, however many clients poll', async () => {
    const counted = await app.database.countStatements(async () => {
      app.clock.advance(1);
      await Promise.all(Array.from({ length: 50 }, () => app.server.inject('/revocations')));
    });
    expect(counted).toBe(1);
  });

  test('queries the database a limited number of times, whatever starting points clients ask for', async () => {
    app.clock.advance(1);
    const now = app.clock.now().getTime();
    const counted = await app.database.countStatements(async () => {
      for (let n = 0; n < 200; n += 1) await app.server.inject(`/revocations?since=${String(now - (n % 80) * 10_000)}`);
    });
    expect(counted).toBeLessThanOrEqual(33);
  });

  test('lists users whose roles have changed', async () => {
    const { userId } = await app.register();
    await app.auth.services.roles.set(userId, ['editor']);
    const { [userId]: notBefore } = (await ask()).users;
    expect(notBefore).toBeGreaterThan(app.clock.now().getTime() / 1000);
  });

  test.each(['-1', '1.5', 'yesterday', '', '1'.repeat(16), '1&since=2'])(
    'rejects %j as a starting point',
    async (since) => {
      expect((await ask(since)).status).toBe(400);
    },
  );
});

describe('a verifier that polls the feed', () => {
  const open: TokenVerifier[] = [];
  let jwksUri: string;
  beforeAll(async () => {
    jwksUri = `${await app.server.listen({ host: '127.0.0.1', port: 0 })}/.well-known/jwks.json`;
  });
  afterAll(() => {
    for (const verifier of open) verifier.close();
  });

  function verifier(options: Partial<TokenVerifierOptions> = {}): TokenVerifier {
    const uri = new URL('/revocations', jwksUri).href;
    const revocations = { everySeconds: 0.05, uri };
    const made = createTokenVerifier({ secret: TEST_SECRET, clock: app.clock, revocations, ...options });
    open.push(made);
    return made;
  }

  async function outcomeOf(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );
  }

  test('rejects the tokens of a session soon after it has ended, and no others', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const ours = verifier();
    expect(await outcomeOf(ours.verify(ada.accessToken))).toBe('accepted');
    await app.mutate('logout', undefined, { token: ada.accessToken });
    await until(async () => {
      app.clock.advance(1);
      return (await outcomeOf(ours.verify(ada.accessToken))) === 'SESSION_ENDED';
    }, 'the revocation');
    expect(await outcomeOf(ours.verify(bob.accessToken))).toBe('accepted');
  });

  test('knows sessions that ended before it started from its first token on', async () => {
    const { accessToken } = await app.register();
    await app.mutate('logout', undefined, { token: accessToken });
    app.clock.advance(1);
    expect(await outcomeOf(verifier().verify(accessToken))).toBe('SESSION_ENDED');
  });

  test('rejects tokens from before a change of roles, and accepts those of the same second', async () => {
    const ada = await app.register();
    app.clock.advance(2);
    await app.auth.services.roles.set(ada.userId, ['editor']);
    const { tokens } = await app.refresh(ada.refreshToken);
    const ours = verifier();
    app.clock.advance(1);
    await until(async () => {
      app.clock.advance(1);
      return (await outcomeOf(ours.verify(ada.accessToken))) === 'TOKEN_EXPIRED';
    }, 'the change');
    expect(await outcomeOf(ours.verify(tokens?.accessToken ?? ''))).toBe('accepted');
  });

  /** A feed that tells of revocations once, and has nothing new ever after. */
  function feedOf(once: Pick<Feed, 'sessions' | 'users'>): { asked: string[]; fetch: typeof fetch } {
    const asked: string[] = [];
    const common = { cursor: 1234, tokenLifetimeSeconds: 60 };
    return {
      asked,
      fetch: async (target) =>
        Response.json({
          ...common,
          ...(asked.push(new URL(target).search) === 1 ? once : { sessions: [], users: {} }),
        }),
    };
  }

  test('forgets a revocation once no older token can be valid', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const notBefore = Math.floor(app.clock.now().getTime() / 1000) + 1;
    const { asked, fetch } = feedOf({ sessions: [ada.sessionId], users: { [bob.userId]: notBefore } });
    const ours = verifier({ fetch });
    const outcomes = (): Promise<string[]> =>
      Promise.all([ada, bob].map(({ accessToken }) => outcomeOf(ours.verify(accessToken))));
    const polledAgain = async (): Promise<unknown> => {
      const before = asked.length;
      return until(() => asked.length >= before + 2, 'two more questions');
    };
    expect(await outcomes()).toEqual(['SESSION_ENDED', 'TOKEN_EXPIRED']);
    // The lifetime of a token, and the difference between clocks.
    app.clock.advance(119);
    await polledAgain();
    expect(await outcomes()).toEqual(['SESSION_ENDED', 'TOKEN_EXPIRED']);
    app.clock.advance(1);
    await polledAgain();
    expect(await outcomes()).toEqual(['accepted', 'accepted']);
  });

  test('requests only news after its first response', async () => {
    const { asked, fetch } = feedOf({ sessions: [], users: {} });
    verifier({ fetch });
    await until(() => asked.length >= 3, 'three questions');
    expect(asked.slice(0, 3)).toEqual(['?since=0', '?since=1234', '?since=1234']);
  });

  test('sends no requests while verifying tokens', async () => {
    let asked = 0;
    const counting: typeof fetch = async (...request) => {
      asked += 1;
      return fetch(...request);
    };
    const { accessToken } = await app.register();
    const ours = verifier({
      fetch: counting,
      revocations: { everySeconds: 3600, uri: new URL('/revocations', jwksUri).href },
    });
    for (let time = 0; time < 100; time += 1) await ours.verify(accessToken);
    expect(asked).toBe(1);
  });

  test('keeps working if the feed is unreachable, and reports it', async () => {
    const warnings: string[] = [];
    const ignore = (): undefined => undefined;
    const logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (_fields: object, text: string) => void warnings.push(text),
    };
    const { accessToken } = await app.register();
    const ours = verifier({ logger, fetch: () => Promise.reject(new TypeError('fetch failed')) });
    expect(await outcomeOf(ours.verify(accessToken))).toBe('accepted');
    expect(warnings).toContain('the revocations could not be fetched');
  });

  test.each([
    ['https://auth.example.com/.well-known/jwks.json', 'https://auth.example.com/revocations'],
    ['https://example.com/auth/.well-known/jwks.json', 'https://example.com/auth/revocations'],
    ['https://example.com/a/b/.well-known/jwks.json?v=1', 'https://example.com/a/b/revocations'],
    ['https://auth.example.com/jwks', 'https://auth.example.com/revocations'],
  ])('finds the feed for the keys at %s at %s', async (uri, feed) => {
    const asked: string[] = [];
    const recording: typeof fetch = (target) => {
      asked.push(new URL(target).href);
      return Promise.reject(new TypeError('fetch failed'));
    };
    verifier({ secret: undefined, jwksUri: uri, revocations: { everySeconds: 3600 }, fetch: recording });
    expect(asked).toEqual([`${feed}?since=0`]);
  });
});
