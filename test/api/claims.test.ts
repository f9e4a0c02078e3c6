import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ClaimsHook, CustomClaims } from '../../src/core/sessions/custom-claims.js';
import { GraphQLError } from 'graphql';
import { UnauthenticatedError } from '../../packages/verifier/src/index.js';
import { InvalidCredentialsError, InvalidTokenError } from '../../src/core/errors/errors.js';
import { RESERVED_CLAIMS } from '../../packages/verifier/src/tokens/access-token.js';
import { DEFAULT_PASSWORD, newEmail, type SignedIn } from '../support/graphql-client.js';
import { INVALID_TOKEN } from '../support/outcomes.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

/** An app whose hook can be exchanged between two requests. */
async function createHookedApp(options: TestOptions = {}): Promise<{ app: TestApp; hook: { claims: ClaimsHook } }> {
  const hook: { claims: ClaimsHook } = { claims: () => ({}) };
  const app = await createTestApp({ ...options, claims: (user, session) => hook.claims(user, session) });
  return { app, hook };
}

function fails(): CustomClaims {
  throw new Error('the tenants are not there');
}

let app: TestApp;
let hook: { claims: ClaimsHook };
beforeAll(async () => {
  ({ app, hook } = await createHookedApp());
});

const TENANT: CustomClaims = { scope: ['read', 'write'], 'https://acme.example/tenant': { id: 7, tags: ['a', null] } };

describe('the claims hook', () => {
  test('adds claims to every access token, at registration, sign-in and refresh', async () => {
    const seen: unknown[] = [];
    hook.claims = (user, session) => {
      seen.push([user.email, session.userId, session.id]);
      return { ...TENANT, absent: undefined };
    };
    const ada = await app.register();
    const again = await app.login(ada);
    const { tokens } = await app.refresh(again.refreshToken);
    for (const token of [ada.accessToken, again.accessToken, tokens?.accessToken]) {
      expect(claimsOf(token)).toMatchObject({ ...TENANT, scope: 'read write', sub: ada.userId });
      expect(claimsOf(token)).not.toHaveProperty('absent');
    }
    expect(seen).toEqual(
      [ada.sessionId, again.sessionId, again.sessionId].map((sessionId) => [ada.email, ada.userId, sessionId]),
    );
  });

  test('leaves the roles as scopes if it returns none', async () => {
    hook.claims = () => ({ tenant: 'acme' });
    const ada = await app.register();
    await app.auth.services.roles.set(ada.userId, ['editor']);
    const { accessToken } = await app.login(ada);
    expect(claimsOf(accessToken)).toMatchObject({ tenant: 'acme', scope: 'editor' });
    hook.claims = () => ({ scope: [] });
    expect(claimsOf((await app.login(ada)).accessToken)).not.toHaveProperty('scope');
  });

  test('makes its claims available on the viewer', async () => {
    hook.claims = () => TENANT;
    const { accessToken } = await app.register();
    const { viewer } = app.auth.context({ headers: { authorization: `Bearer ${accessToken}` } });
    expect(viewer).toMatchObject({ kind: 'authenticated', scopes: ['read', 'write'], claims: claimsOf(accessToken) });
  });

  test('a repeated refresh returns the same token byte for byte', async () => {
    hook.claims = () => TENANT;
    const ada = await app.register();
    const first = await app.refresh(ada.refreshToken);
    app.clock.advance(29);
    expect(await app.refresh(ada.refreshToken)).toEqual(first);
  });

  test('parallel refreshes of one token return the same pair', async () => {
    hook.claims = () => TENANT;
    const ada = await app.register();
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.refresh(ada.refreshToken)));
    expect(new Set(answers.map(({ tokens }) => JSON.stringify(tokens))).size).toBe(1);
  });

  test('adds a transaction of one statement to a refresh', async () => {
    hook.claims = () => TENANT;
    const ada = await app.register();
    expect(await app.database.countStatements(() => app.refresh(ada.refreshToken))).toBe(3);
  });
});

describe('invalid claims', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const { logger, lines } = recordingLogger();
  let ada: SignedIn;
  beforeAll(async () => {
    ({ app, hook } = await createHookedApp({ logger }));
    ada = await app.register();
  });

  const reserved = RESERVED_CLAIMS.filter((name) => name !== 'scope').map((name): [string, unknown, string] => [
    name,
    JSON.parse(`{ "${name}": "forged" }`),
    `must not set '${name}'`,
  ]);

  test.each<[string, unknown, string]>([
    ...reserved,
    ['a scope that is a string', { scope: 'read write' }, 'a list of scopes'],
    ['a scope with a space', { scope: ['read write'] }, 'a list of scopes'],
    ['an empty scope', { scope: [''] }, 'a list of scopes'],
    ['a scope that is a number', { scope: [1] }, 'a list of scopes'],
    ['a function', { tenant: () => 7 }, "a 'tenant' that is not JSON"],
    ['a bigint', { tenant: 7n }, "a 'tenant' that is not JSON"],
    ['NaN', { tenant: [Number.NaN] }, "a 'tenant' that is not JSON"],
    ['a date', { tenant: { since: new Date(0) } }, "a 'tenant' that is not JSON"],
    ['a map', { tenant: new Map() }, "a 'tenant' that is not JSON"],
    ['nothing', undefined, 'an object of claims'],
    ['null', null, 'an object of claims'],
    ['a list', [], 'an object of claims'],
    ['a map as claims', new Map([['tenant', 'acme']]), 'an object of claims'],
    ['an error', new Error('x'), 'an object of claims'],
    ['a scope with a gap', { scope: [, 'a'] }, 'a list of scopes'], // eslint-disable-line no-sparse-arrays -- as from a parser
    ['a promise', Promise.resolve({}), 'not a promise'],
    ['too much', { tenant: 'x'.repeat(4000) }, 'longer than 4096'],
    ['a circular object', cyclic, 'circular'],
  ])('%s: masked for the client, explained in the log', async (_name, returned, message) => {
    hook.claims = () => returned as CustomClaims;
    const answer = await app.mutation('login', { email: ada.email, password: ada.password });
    expect(answer.data).toEqual({ login: null });
    const [error] = answer.errors;
    expect(error).toMatchObject({ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(answer.text).not.toMatch(/claim|hook|scope|forged|4096/);
    const line = lines().find(({ errorId }) => errorId === error?.extensions.errorId);
    expect(line).toMatchObject({ message: expect.stringContaining(message) as unknown });
  });

  test('a promise that rejects later does not end the process', async () => {
    hook.claims = () => Promise.reject(new Error('too late')) as unknown as CustomClaims;
    const answer = await app.mutation('refresh', { refreshToken: ada.refreshToken });
    expect(answer.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('an error of the claims hook is masked, and in the log', () => {
  const { logger, lines } = recordingLogger();
  beforeAll(async () => {
    ({ app, hook } = await createHookedApp({ logger }));
  });

  test.each<[string, Error]>([
    ['an error that clients take for one about their token', new InvalidTokenError()],
    ['an error that clients take for one about their password', new InvalidCredentialsError()],
    ['the error of a resolver without a user', new UnauthenticatedError('SESSION_ENDED')],
    ['the error of an invalid request', new GraphQLError('x', { extensions: { code: 'BAD_USER_INPUT' } })],
    ['an error with a name that is no text', Object.assign(new Error('x'), { name: undefined })],
    ['an error with a stack that is no text', Object.assign(new Error('x'), { stack: ['at x'] })],
  ])('%s', async (_name, thrown) => {
    hook.claims = () => ({});
    const ada = await app.register();
    hook.claims = () => {
      throw thrown;
    };
    for (const answer of [
      await app.mutation('login', { email: ada.email, password: ada.password }),
      await app.mutation('refresh', { refreshToken: ada.refreshToken }),
    ]) {
      const { code, errorId } = answer.errors[0]?.extensions ?? {};
      expect(code).toBe('INTERNAL_SERVER_ERROR');
      expect(lines().filter((line) => line['errorId'] === errorId)).toHaveLength(1);
    }
    hook.claims = () => ({});
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
  });
});

describe('if the claims hook throws', () => {
  beforeAll(async () => {
    ({ app, hook } = await createHookedApp({ refreshReuseGraceSeconds: 0, lockout: { maxAttempts: 3 } }));
  });

  async function contents(): Promise<object | undefined> {
    const [row] = await app.database
      .sql(`select (select count(*) from auth_user) as users, (select count(*) from auth_session) as
      sessions, (select count(*) from auth_outbox) as events, (select count(*) from auth_device) as devices,
      (select string_agg(attempts::text, ' ') from auth_login_attempt) as attempts,
      (select max(last_login_at) from auth_user) as login`);
    return row;
  }

  test('registration writes nothing, and can be retried', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const before = await contents();
    hook.claims = fails;
    expect((await app.mutation('register', input)).errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(await contents()).toEqual(before);
    hook.claims = () => ({});
    expect((await app.mutate('register', input)).__typename).toBe('LoginSuccess');
  });

  test('sign-in opens no session, and does not count as a wrong password', async () => {
    hook.claims = () => ({});
    const ada = await app.register();
    app.clock.advance(10);
    const before = await contents();
    hook.claims = fails;
    const input = { email: ada.email, password: ada.password };
    for (let round = 0; round < 5; round += 1)
      expect((await app.mutation('login', input)).errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(await contents()).toEqual({ ...before, attempts: '0' });
    hook.claims = () => ({});
    expect((await app.mutate('login', input)).__typename).toBe('LoginSuccess');
  });

  test('the refresh token stays valid, even without a grace period', async () => {
    hook.claims = () => ({});
    const ada = await app.register();
    hook.claims = fails;
    const refused = await app.mutation('refresh', { refreshToken: ada.refreshToken });
    expect(refused.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    hook.claims = () => ({});
    app.clock.advance(60);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
  });

  test('a replay still revokes its session', async () => {
    hook.claims = () => ({});
    const ada = await app.register();
    const { tokens } = await app.refresh(ada.refreshToken);
    hook.claims = fails;
    expect(await app.refresh(ada.refreshToken)).toEqual(INVALID_TOKEN);
    hook.claims = () => ({});
    expect((await app.me(tokens?.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  });
});

describe('what a claims hook starts is not part of the sign-in', () => {
  test('it may use another subgraph, whose writes stay in its own database', async () => {
    const other = await createTestApp();
    const started: Promise<unknown>[] = [];
    const own = await createTestApp({
      claims: () => {
        const input = { email: newEmail(), password: DEFAULT_PASSWORD };
        started.push(other.auth.services.registration.register(input, { ipAddress: null, userAgent: null }));
        return {};
      },
    });
    const ada = await own.register();
    await Promise.all(started);
    const users = `select count(*)::int as count from auth_user`;
    expect(await own.database.sql(users)).toEqual([{ count: 1 }]);
    expect(await other.database.sql(users)).toEqual([{ count: 1 }]);
    expect((await own.me(ada.accessToken)).data).toMatchObject({ me: { email: ada.email } });
  });

  test('it may go on after the sign-in, and be rolled back with nothing', async () => {
    const seen: Promise<boolean>[] = [];
    const own: TestApp = await createTestApp({
      claims: () => {
        seen.push(new Promise((resolve) => setTimeout(() => resolve(own.auth.isReady()), 50)));
        throw new Error('no claims today');
      },
    });
    await own.mutation('register', { email: newEmail(), password: DEFAULT_PASSWORD });
    expect(await Promise.all(seen)).toEqual([true]);
  });

  test('it cannot change what the token says about the user and the session', async () => {
    const own = await createTestApp({
      claims: (user, session) => {
        (session.amr as string[]).push('mfa');
        (user.roles as string[]).push('admin');
        return {};
      },
    });
    const answer = await own.mutation('register', { email: newEmail(), password: DEFAULT_PASSWORD });
    expect(answer.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

test('an event that only another release knows waits for it', async () => {
  const own = await createTestApp({ background: true });
  await own.database.sql(
    `insert into auth_outbox (id, name, payload, occurred_at) values (gen_random_uuid(), 'SomethingNew', '{}', clock_timestamp())`,
  );
  const { email } = await own.register();
  await own.mailer.next(email, 'verify-email');
  expect(await own.database.sql(`select name from auth_outbox`)).toEqual([{ name: 'SomethingNew' }]);
});
