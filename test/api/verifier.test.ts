import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createTokenVerifier,
  createViewerContext,
  type TokenVerifier,
  type TokenVerifierOptions,
} from '../../packages/verifier/src/index.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';

const [first, second, third] = [newPrivateKey(), newPrivateKey(), newPrivateKey()];
const open: TokenVerifier[] = [];
afterAll(() => {
  for (const verifier of open) verifier.close();
});

/** An auth service, and what its verifiers fetch from it. */
interface Service {
  readonly app: TestApp;
  readonly uri: string;
  /** The paths of the requests that reached it, or would have. */
  readonly fetched: string[];
  /** Makes the service unreachable, and reachable again. */
  down: boolean;
  readonly verifier: (options?: TokenVerifierOptions) => TokenVerifier;
}

async function createService(keys = [first]): Promise<Service> {
  const app = await createTestApp({ jwt: { keys, secret: undefined } });
  const origin = await app.server.listen({ host: '127.0.0.1', port: 0 });
  const uri = `${origin}/.well-known/jwks.json`;
  const fetched: string[] = [];
  const service: Service = {
    ...{ app, uri, fetched, down: false },
    verifier: (options = {}) => {
      const verifier = createTokenVerifier({ jwksUri: uri, clock: app.clock, fetch: countingFetch, ...options });
      open.push(verifier);
      return verifier;
    },
  };
  async function countingFetch(...[target, init]: Parameters<typeof fetch>): Promise<Response> {
    fetched.push(new URL(target).pathname);
    if (service.down) throw new TypeError('fetch failed');
    return fetch(target, init);
  }
  return service;
}

/** A token that names another key, and is otherwise as ours are. */
function withKid(token: string, kid = randomBytes(32).toString('base64url')): string {
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })).toString('base64url');
  return [header, ...token.split('.').slice(1)].join('.');
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('a verifier', () => {
  let service: Service;
  beforeAll(async () => {
    service = await createService();
  });

  test('reads who is signed in from an access token', async () => {
    const ada = await service.app.register();
    expect(await service.verifier().verify(ada.accessToken)).toMatchObject({
      userId: ada.userId,
      sessionId: ada.sessionId,
      scopes: [],
      claims: { sub: ada.userId, iss: 'auth-subgraph' },
    });
  });

  test('fetches the keys once, for concurrent and later requests', async () => {
    const { accessToken } = await service.app.register();
    service.fetched.length = 0;
    const verifier = service.verifier();
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(accessToken)));
    await verifier.verify(accessToken);
    expect(service.fetched).toEqual(['/.well-known/jwks.json']);
  });

  test('verifies with a shared secret, and with given public keys, without fetching', async () => {
    const shared = await createTestApp();
    const { accessToken } = await shared.register();
    expect(await outcomeOf(createTokenVerifier({ secret: TEST_SECRET, clock: shared.clock }).verify(accessToken))).toBe(
      'accepted',
    );
    const given = createTokenVerifier({ publicKeys: [...service.app.auth.publicKeys], clock: service.app.clock });
    expect(await outcomeOf(given.verify((await service.app.register()).accessToken))).toBe('accepted');
  });

  test('logs what was wrong', async () => {
    const { accessToken } = await service.app.register();
    await expect(service.verifier({ issuer: 'other' }).verify(accessToken)).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
      detail: 'wrong issuer',
    });
    await expect(service.verifier({ audience: 'other' }).verify(accessToken)).rejects.toMatchObject({
      detail: 'wrong audience',
    });
    await expect(service.verifier().verify(withKid(accessToken))).rejects.toMatchObject({ detail: 'unknown key' });
    await expect(service.verifier().verify('x')).rejects.toMatchObject({ detail: 'malformed' });
  });

  test.each<[string, TokenVerifierOptions]>([
    ['no keys', {}],
    ['two sources of keys', { jwksUri: 'https://auth.example.com/jwks', secret: TEST_SECRET }],
    ['a feed that it cannot find', { secret: TEST_SECRET, revocations: { everySeconds: 5 } }],
    ['what is no key', { publicKeys: ['nonsense'] }],
  ])('rejects options with %s', (_name, options) => {
    expect(() => createTokenVerifier(options)).toThrow();
  });
});

describe('a cached token', () => {
  test('is rejected as soon as it has expired', async () => {
    const { app, verifier } = await createService();
    const { accessToken } = await app.register();
    const ours = verifier();
    await ours.verify(accessToken);
    app.clock.advance(899);
    expect(await outcomeOf(ours.verify(accessToken))).toBe('accepted');
    app.clock.advance(1);
    expect(await outcomeOf(ours.verify(accessToken))).toBe('TOKEN_EXPIRED');
    expect(await outcomeOf(ours.verify(accessToken))).toBe('TOKEN_EXPIRED');
  });

  test('is rejected as soon as its key is known to be gone', async () => {
    const { app, verifier } = await createService();
    const { accessToken } = await app.register();
    const ours = verifier();
    await ours.verify(accessToken);
    app.auth.useKeys([second]);
    const other = await app.register();
    app.clock.advance(31);
    expect(await outcomeOf(ours.verify(other.accessToken))).toBe('accepted');
    expect(await outcomeOf(ours.verify(accessToken))).toBe('TOKEN_INVALID');
  });

  test('cannot be changed by its recipients', async () => {
    const { app, verifier } = await createService();
    const { accessToken } = await app.register();
    // Keys that are fetched would be fetched again in time to hide a token that stays.
    const ours = verifier({ jwksUri: undefined, publicKeys: app.auth.publicKeys });
    const { claims, scopes, issuedAt, expiresAt } = await ours.verify(accessToken);
    const times = [issuedAt.getTime(), expiresAt.getTime()];
    expect(() => Object.assign(claims, { sub: 'somebody else' })).toThrow(TypeError);
    expect(() => (scopes as string[]).push('admin')).toThrow(TypeError);
    issuedAt.setFullYear(2000);
    expiresAt.setFullYear(2100);
    const again = await ours.verify(accessToken);
    expect([again.issuedAt.getTime(), again.expiresAt.getTime()]).toEqual(times);
    app.clock.advance(900);
    expect(await outcomeOf(ours.verify(accessToken))).toBe('TOKEN_EXPIRED');
  });

  test('is dropped for newer ones, and then verified from its signature again', async () => {
    const { app, verifier } = await createService();
    const [ada, bob, eve] = [await app.register(), await app.register(), await app.register()];
    const ours = verifier({ cacheSize: 2 });
    const claims = await ours.verify(ada.accessToken);
    expect(await ours.verify(ada.accessToken)).toBe(claims);
    await ours.verify(bob.accessToken);
    await ours.verify(eve.accessToken);
    const again = await ours.verify(ada.accessToken);
    expect(again).not.toBe(claims);
    expect(again).toEqual(claims);
  });

  test('is not confused with one that has the same start', async () => {
    const { app, verifier } = await createService();
    const { accessToken } = await app.register();
    const ours = verifier();
    await ours.verify(accessToken);
    expect(await outcomeOf(ours.verify(`${accessToken.slice(0, -4)}AAAA`))).toBe('TOKEN_INVALID');
  });
});

describe('while the auth service is down', () => {
  test('a verifier keeps using its keys, however old they are', async () => {
    const service = await createService();
    const { app } = service;
    const ours = service.verifier();
    await ours.verify((await app.register()).accessToken);
    service.down = true;
    app.clock.advance(3600);
    expect(await outcomeOf(ours.verify((await app.register()).accessToken))).toBe('accepted');
  });

  test('a new verifier reports it, and recovers by itself', async () => {
    const service = await createService();
    const { accessToken } = await service.app.register();
    const ours = service.verifier();
    service.down = true;
    expect(await outcomeOf(ours.verify(accessToken))).toBe('KEYS_UNAVAILABLE');
    service.down = false;
    service.app.clock.advance(1);
    expect(await outcomeOf(ours.verify(accessToken))).toBe('accepted');
  });

  test('a service that publishes no keys is treated as failing', async () => {
    const shared = await createTestApp();
    const origin = await shared.server.listen({ host: '127.0.0.1', port: 0 });
    const warnings: object[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      error: () => undefined,
      warn: (fields: object) => void warnings.push(fields),
    };
    const ours = createTokenVerifier({ jwksUri: `${origin}/.well-known/jwks.json`, clock: shared.clock, logger });
    expect(await outcomeOf(ours.verify(withKid((await shared.register()).accessToken)))).toBe('KEYS_UNAVAILABLE');
    expect(JSON.stringify(warnings)).toContain('contains no key that signs access tokens');
  });
});

describe('a thousand unknown keys', () => {
  test('cost at most two fetches, and nobody else is delayed', async () => {
    const { app, fetched, verifier } = await createService();
    const { accessToken } = await app.register();
    const ours = verifier({ cacheSize: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 2000 }, (_, index) =>
        outcomeOf(ours.verify(index % 2 ? accessToken : withKid(accessToken))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1000);
    expect(outcomes.filter((outcome) => outcome === 'TOKEN_INVALID')).toHaveLength(1000);
    expect(fetched.length).toBeLessThanOrEqual(2);
  });

  test('cost no more if sent one after the other, and one more after the cooldown', async () => {
    const { app, fetched, verifier } = await createService();
    const { accessToken } = await app.register();
    const ours = verifier();
    await ours.verify(accessToken);
    app.clock.advance(30);
    for (const fetches of [2, 3]) {
      for (let request = 0; request < 1000; request += 1)
        expect(await outcomeOf(ours.verify(withKid(accessToken)))).toBe('TOKEN_INVALID');
      expect(fetched).toHaveLength(fetches);
      app.clock.advance(29);
      await outcomeOf(ours.verify(withKid(accessToken)));
      expect(fetched).toHaveLength(fetches);
      app.clock.advance(1);
    }
  });
});

test('none of two thousand requests is rejected while the keys are rotated twice', async () => {
  const { app, verifier } = await createService();
  const ours = verifier();
  let { refreshToken } = await app.register();
  /** The newest of the clients' tokens, and the one before it, which is good as well. */
  let tokens: string[] = [];
  const outcomes: string[] = [];
  // Each step in its order, and no sooner than its waiting time allows: at 4 s a request, 600 s to sign and 1,020 s to
  // retire. None falls on a refresh, so what was signed before it is presented after it.
  const steps: Record<number, () => void> = {
    250: () => app.auth.useKeys([first, second]),
    650: () => app.auth.useKeys([second, first]),
    1050: () => app.auth.useKeys([second]),
    1250: () => app.auth.useKeys([second, third]),
    1650: () => app.auth.useKeys([third, second]),
    1950: () => app.auth.useKeys([third]),
  };
  const kids = new Set<string>();
  for (let request = 0; request < 2000; request += 25) {
    steps[request]?.();
    if (request % 100 === 0) {
      const refreshed = await app.refresh(refreshToken);
      if (!refreshed.tokens) throw new Error('the refresh failed');
      refreshToken = refreshed.tokens.refreshToken;
      tokens = [refreshed.tokens.accessToken, ...tokens.slice(0, 1)];
    }
    const batch = Array.from({ length: 25 }, (_, index) => tokens[index % tokens.length] ?? '');
    for (const token of batch) kids.add(token.split('.', 1)[0] ?? '');
    outcomes.push(...(await Promise.all(batch.map((token) => outcomeOf(ours.verify(token))))));
    app.clock.advance(25 * 4);
  }
  expect(outcomes).toEqual(Array.from({ length: 2000 }, () => 'accepted'));
  expect(kids.size).toBe(3);
});

describe('the viewer of a request', () => {
  let service: Service;
  beforeAll(async () => {
    service = await createService();
  });

  test('is read from its Authorization header, whatever the type of the headers', async () => {
    const { accessToken, userId, sessionId } = await service.app.register();
    const context = createViewerContext(service.verifier());
    const viewer = { kind: 'authenticated', userId, sessionId, scopes: [] };
    for (const authorization of [`Bearer ${accessToken}`, `bearer  ${accessToken}`]) {
      expect(await context({ headers: { authorization } })).toMatchObject({ viewer });
      expect(await context({ headers: new Headers({ authorization }) })).toMatchObject({ viewer });
    }
  });

  test.each([
    ['no header', undefined, { kind: 'anonymous' }],
    ['another scheme', 'Basic dXNlcjpwYXNz', { kind: 'anonymous' }],
    ['an empty token', 'Bearer', { kind: 'rejected', reason: 'TOKEN_INVALID' }],
    ['nonsense', 'Bearer nonsense', { kind: 'rejected', reason: 'TOKEN_INVALID' }],
  ])('is never an error: %s', async (_name, authorization, viewer) => {
    expect(await createViewerContext(service.verifier())({ headers: { authorization } })).toEqual({ viewer });
  });

  test('is rejected with the reason if the token has expired', async () => {
    const { accessToken } = await service.app.register();
    service.app.clock.advance(901);
    const context = createViewerContext(service.verifier());
    expect(await context({ headers: { authorization: `Bearer ${accessToken}` } })).toEqual({
      viewer: { kind: 'rejected', reason: 'TOKEN_EXPIRED' },
    });
  });
});
