import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { readKey } from '../../packages/verifier/src/tokens/asymmetric-key.js';
import { createTestAuth, type TestAuth } from '../../packages/verifier/src/testing.js';
import { AccessTokenService } from '../../src/core/access-tokens/access-token.service.js';
import { asymmetricSigningKeys, type SigningKeys } from '../../packages/verifier/src/tokens/signing-keys.js';
import {
  createTokenVerifier,
  TokenVerificationError,
  type TokenVerifier,
  type TokenVerifierOptions,
} from '../../packages/verifier/src/index.js';
import { settled } from '../support/settled.js';
import { GRANT } from '../support/token-forge.js';
import { until } from '../support/until.js';

const START = Date.UTC(2030, 0, 1);

/** An auth service that answers what it is told to, and a verifier that asks it. */
class Service {
  now = START;
  readonly clock = { now: (): Date => new Date(this.now) };
  readonly auth: TestAuth = createTestAuth({ clock: this.clock });
  body: () => string = () => JSON.stringify(this.auth.jwks);
  headers: Record<string, string> = { 'cache-control': 'max-age=300' };
  fetches = 0;
  readonly verifier: TokenVerifier = this.newVerifier();

  newVerifier(options: TokenVerifierOptions = {}): TokenVerifier {
    return createTokenVerifier({
      jwksUri: 'https://auth.example.com/.well-known/jwks.json',
      clock: this.clock,
      fetch: () => {
        this.fetches += 1;
        return Promise.resolve(new Response(this.body(), { headers: this.headers }));
      },
      ...options,
    });
  }

  async accepts(token: string): Promise<boolean> {
    return isAccepted(this.verifier, token);
  }

  /** As after a theft: the present keys are gone, and another signs. */
  replaceKeys(): void {
    const other = createTestAuth({ clock: this.clock });
    this.body = () => JSON.stringify(other.jwks);
  }
}

async function isAccepted(verifier: TokenVerifier, token: string): Promise<boolean> {
  return verifier.verify(token).then(
    () => true,
    () => false,
  );
}

test('after a long pause the first token waits for the current keys', async () => {
  const service = new Service();
  const stolen = service.auth.signTestToken({ expiresInSeconds: 86_000 });
  expect(await service.accepts(stolen)).toBe(true);
  service.replaceKeys();
  service.now += 3_600_000;
  expect(await Promise.all(Array.from({ length: 20 }, () => service.accepts(stolen)))).toEqual(
    Array.from({ length: 20 }, () => false),
  );
  expect(service.fetches).toBe(2);
});

test('a removed key verifies nothing once the response is outdated, also if a cache has served it', async () => {
  const service = new Service();
  const stolen = service.auth.signTestToken({ expiresInSeconds: 86_000 });
  service.headers = { 'cache-control': 'max-age=300', age: '290' };
  const unused = service.newVerifier();
  for (const verifier of [service.verifier, unused]) expect(await isAccepted(verifier, stolen)).toBe(true);
  service.replaceKeys();
  service.headers = { 'cache-control': 'max-age=300' };
  service.now = START + 10_000;
  // Fetches in the background.
  await service.accepts(stolen);
  await settled();
  expect(await service.accepts(stolen)).toBe(false);
  service.now = START + 310_000;
  expect(await isAccepted(unused, stolen)).toBe(false);
});

test('while the service does not respond, no token waits because the last response was old', async () => {
  const service = new Service();
  const token = service.auth.signTestToken({ expiresInSeconds: 86_000 });
  const headers = { 'cache-control': 'max-age=300', age: '299' };
  const answers = [Promise.resolve(new Response(service.body(), { headers }))];
  const verifier = service.newVerifier({ fetch: () => answers.pop() ?? new Promise(() => undefined) });
  expect(await isAccepted(verifier, token)).toBe(true);
  for (const seconds of [1, 60, 300]) {
    service.now = START + seconds * 1000;
    expect(await isAccepted(verifier, token)).toBe(true);
  }
});

test.each([0, 30, 3600, 86_400])(
  'a removed key verifies nothing once the response is outdated, with a cooldown of %d s',
  async (cooldownSeconds) => {
    const service = new Service();
    const verifier = service.newVerifier({ cooldownSeconds });
    const stolen = service.auth.signTestToken({ expiresInSeconds: 86_000 });
    const accepted: number[] = [];
    for (let seconds = 0; seconds <= 7200; seconds += 20) {
      service.now = START + seconds * 1000;
      if (await isAccepted(verifier, stolen)) accepted.push(seconds);
      service.replaceKeys();
      await settled();
    }
    expect(accepted.at(-1)).toBe(300);
  },
);

test.each([
  [0, 1],
  [30, 30],
  [3600, 300],
])(
  'with a cooldown of %d s, outdated keys are fetched again every %d s while the service fails',
  async (cooldownSeconds, pauseSeconds) => {
    const service = new Service();
    const verifier = service.newVerifier({ cooldownSeconds });
    const token = service.auth.signTestToken({ expiresInSeconds: 86_000 });
    await verifier.verify(token);
    service.body = () => '<html></html>';
    const fetchedAt: number[] = [];
    for (let seconds = 300; seconds <= 900; seconds += 0.5) {
      const before = service.fetches;
      service.now = START + seconds * 1000;
      await verifier.verify(token);
      await settled();
      if (service.fetches > before) fetchedAt.push(seconds);
    }
    expect(fetchedAt).toEqual(Array.from({ length: 600 / pauseSeconds + 1 }, (_, index) => 300 + index * pauseSeconds));
  },
);

test('no response is cached for more than an hour', async () => {
  const service = new Service();
  service.headers = { 'cache-control': 'public, max-age=31536000' };
  const token = service.auth.signTestToken({ expiresInSeconds: 86_000 });
  await service.accepts(token);
  service.now += 3_600_000;
  await service.accepts(token);
  expect(service.fetches).toBe(2);
});

test('a clock that was temporarily fast hides no key', async () => {
  const service = new Service();
  service.now += 30 * 86_400_000;
  await service.accepts(service.auth.signTestToken());
  service.now = START;
  service.auth.rotate();
  expect(await service.accepts(service.auth.signTestToken())).toBe(true);
});

test('a key under another algorithm is another key', async () => {
  const service = new Service();
  const jwk = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) };
  const [rs256, ps256] = ['RS256', 'PS256'].map((alg) => asymmetricSigningKeys([readKey({ ...jwk, alg })]));
  service.body = () => JSON.stringify({ keys: rs256?.published });
  const parties = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };
  const tokenOf = (keys: SigningKeys | undefined): string =>
    keys ? new AccessTokenService(parties, keys).sign({ ...GRANT, issuedAt: service.clock.now() }).token : '';
  expect(await service.accepts(tokenOf(rs256))).toBe(true);
  service.body = () => JSON.stringify({ keys: ps256?.published });
  service.now += 31_000;
  expect(await service.accepts(tokenOf(ps256))).toBe(true);
});

test.each<[string, () => string]>([
  ['endless', () => `{"keys":[${' '.repeat(2 * 1024 * 1024)}]}`],
  ['a page', () => '<html></html>'],
  ['without keys', () => '{"keys":[]}'],
  ['of another shape', () => '[]'],
  ['null', () => 'null'],
])('a response that is %s changes nothing', async (_name, body) => {
  const service = new Service();
  const token = service.auth.signTestToken({ expiresInSeconds: 86_000 });
  await service.accepts(token);
  service.body = body;
  service.now += 301_000;
  await service.accepts(token);
  service.now += 3_600_000;
  expect(await service.accepts(token)).toBe(true);
  expect(service.fetches).toBeGreaterThan(1);
});

test('uncacheable keys are cached for a second, even without a cooldown', async () => {
  const service = new Service();
  service.headers = { 'cache-control': 'max-age=0' };
  const verifier = service.newVerifier({ cooldownSeconds: 0 });
  const token = service.auth.signTestToken();
  for (let time = 0; time < 20; time += 1) await verifier.verify(token);
  expect(service.fetches).toBe(1);
});

test.each([
  ['of another use', { use: 'enc' }],
  ['of other key_ops', { key_ops: ['encrypt'] }],
])('a published key %s verifies no token, and the other keys do', async (_name, members) => {
  const service = new Service();
  const jwk = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) };
  const signing = asymmetricSigningKeys([readKey(jwk)]);
  service.body = () =>
    JSON.stringify({ keys: [...signing.published.map((key) => ({ ...key, ...members })), ...service.auth.jwks.keys] });
  const parties = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };
  const grant = { ...GRANT, issuedAt: service.clock.now() };
  expect(await service.accepts(new AccessTokenService(parties, signing).sign(grant).token)).toBe(false);
  expect(await service.accepts(service.auth.signTestToken())).toBe(true);
});

test('a published key with an exponent of 1, which anyone can forge, verifies nothing', async () => {
  const service = new Service();
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'RSA', n, e: 'AQ', alg: 'RS256', use: 'sig' };
  service.body = () => JSON.stringify({ keys: [jwk, ...service.auth.jwks.keys] });
  const [, payload = ''] = service.auth.signTestToken().split('.');
  const header = { alg: 'RS256', typ: 'at+jwt', kid: await calculateJwkThumbprint(jwk) };
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`;
  // RFC 8017 §9.2: what is signed is what is verified.
  const digest = Buffer.concat([
    Buffer.from('3031300d060960864801650304020105000420', 'hex'),
    createHash('sha256').update(input).digest(),
  ]);
  const padding = Buffer.alloc(256 - 3 - digest.length, 255);
  const signature = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digest]);
  expect(await service.accepts(`${input}.${signature.toString('base64url')}`)).toBe(false);
  expect(await service.accepts(service.auth.signTestToken())).toBe(true);
});

test.each([undefined, null, 7, true, {}, [], ['a.b.c'], Symbol('token'), () => 'token'])(
  'a non-text token is rejected like an invalid token, before and after the keys are known: %p',
  async (token) => {
    const service = new Service();
    for (let time = 0; time < 2; time += 1) {
      const refused = service.verifier.verify(token as string);
      await expect(refused).rejects.toBeInstanceOf(TokenVerificationError);
      await expect(refused).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
      await service.verifier.verify(service.auth.signTestToken());
    }
  },
);

test('a byte order mark before the keys is harmless', async () => {
  const service = new Service();
  const { body } = service;
  service.body = () => `\ufeff${body()}`;
  expect(await service.accepts(service.auth.signTestToken())).toBe(true);
});

test('a fetch that is under way ends when the verifier is closed, and a later one works', async () => {
  const service = new Service();
  const token = service.auth.signTestToken();
  const signals: AbortSignal[] = [];
  const verifier = service.newVerifier({
    fetch: (_uri, { signal } = {}) => {
      if (signals.length > 0) return Promise.resolve(new Response(service.body(), { headers: service.headers }));
      const { promise, reject } = Promise.withResolvers<Response>();
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      if (signal) signals.push(signal);
      return promise;
    },
  });
  const waiting = isAccepted(verifier, token);
  await until(() => signals.length > 0, 'the fetch');
  verifier.close();
  expect(await waiting).toBe(false);
  service.now += 2_000;
  expect(await isAccepted(verifier, token)).toBe(true);
});

test('an unexpected error of a verification is logged, and a rejected token only for debugging', async () => {
  const service = new Service();
  const logged: unknown[][] = [];
  const log =
    (level: string) =>
    (fields: object, message: string): void =>
      void logged.push([level, message, fields]);
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const token = service.auth.signTestToken();
  let isBroken = false;
  const clock = {
    now: (): Date => {
      if (isBroken) throw new RangeError('the clock is broken');
      return service.clock.now();
    },
  };
  const verifier = service.newVerifier({ logger, clock });
  expect(await isAccepted(verifier, 'not a token')).toBe(false);
  isBroken = true;
  expect(await isAccepted(verifier, token)).toBe(false);
  expect(logged).toEqual([
    ['debug', 'rejected an access token', { code: 'TOKEN_INVALID', detail: 'malformed' }],
    ['error', 'an access token could not be verified', { problem: 'RangeError: the clock is broken' }],
  ]);
});

test('a fetch that never ends, and cannot be aborted, does not keep later tokens waiting', async () => {
  const service = new Service();
  const token = service.auth.signTestToken();
  let isLost = true;
  const verifier = service.newVerifier({
    fetch: () =>
      isLost
        ? new Promise<Response>(() => undefined)
        : Promise.resolve(new Response(service.body(), { headers: service.headers })),
  });
  void isAccepted(verifier, token);
  isLost = false;
  service.now += 6_000;
  expect(await isAccepted(verifier, token)).toBe(true);
});

test('a verifier is created without what some runtimes have only during a request', () => {
  const { AbortController } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, 'AbortController');
    expect(() => new Service().newVerifier()).not.toThrow();
  } finally {
    globalThis.AbortController = AbortController;
  }
});
