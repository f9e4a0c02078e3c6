import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import {
  CLEARED,
  COOKIE_ATTRIBUTES,
  cookieOf,
  isGood,
  outcomeOf,
  ORIGIN,
  REFRESH_COOKIE,
  register,
  send,
} from '../support/browser.js';
import { DEFAULT_PASSWORD, newEmail, type Answer } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const IDLE_SECONDS = 7 * 24 * 60 * 60;
const UNKNOWN_SESSION = '01890a5d-ac96-774b-bcce-b302099a8057';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
});

describe('the refresh token', () => {
  test('of a sign-in is in a cookie and nowhere in the payload', async () => {
    const email = newEmail();
    const registered = await send(app, 'register', { email, password: DEFAULT_PASSWORD });
    const loggedIn = await send(app, 'login', { email, password: DEFAULT_PASSWORD });
    for (const answer of [registered, loggedIn]) {
      const [, token = ''] = /^__Host-auth-refresh=([\w-]{22}\.[\w-]{43}); (.*)$/.exec(answer.setCookies.join()) ?? [];
      expect(answer.setCookies).toEqual([
        `__Host-auth-refresh=${token}; Max-Age=${String(IDLE_SECONDS)}; ${COOKIE_ATTRIBUTES}`,
      ]);
      expect(outcomeOf(answer)).toMatchObject({ user: { email }, tokens: { refreshToken: null } });
      expect(answer.text).not.toContain(token);
    }
    expect(cookieOf(registered)).not.toBe(cookieOf(loggedIn));
  });

  test('is rotated with the cookie, and the old one is valid only during the grace period', async () => {
    const { cookie } = await register(app);
    app.clock.advance(60);
    const refreshed = await send(app, 'refresh', undefined, { cookie: `theme=dark; ${cookie}; lang=en` });
    expect(outcomeOf(refreshed)).toMatchObject({ __typename: 'LoginSuccess', tokens: { refreshToken: null } });
    const next = cookieOf(refreshed);
    expect(next).not.toBe(cookie);
    app.clock.advance(31);
    const replayed = await send(app, 'refresh', undefined, { cookie });
    expect(outcomeOf(replayed).__typename).toBe('InvalidTokenError');
    expect(replayed.setCookies).toEqual([CLEARED]);
    expect(await isGood(app, next)).toBe(false);
  });

  test('stays in the browser exactly until the session ends', async () => {
    const short = await createTestApp({
      refreshCookie: REFRESH_COOKIE,
      jwt: { refreshTokenExpiration: '2h' },
      session: { maxLifetime: '3h' },
    });
    const { cookie } = await register(short);
    short.clock.advance(90 * 60);
    const { setCookies } = await send(short, 'refresh', undefined, { cookie });
    expect(setCookies[0]).toContain(`Max-Age=${String(90 * 60)};`);
    // Whole seconds, although a part of one has passed.
    short.clock.advance(0.4);
    const repeated = await send(short, 'refresh', undefined, { cookie });
    expect(repeated.setCookies[0]).toContain(`Max-Age=${String(90 * 60 - 1)};`);
  });

  test('requested twice at once with one cookie is the same for both', async () => {
    const { cookie } = await register(app);
    const answers = await Promise.all([1, 2].map(() => send(app, 'refresh', undefined, { cookie })));
    const [first, second] = answers.map(cookieOf);
    expect(first).toBe(second);
    expect(first).not.toBe(cookie);
    expect(await isGood(app, first ?? '')).toBe(true);
  });

  test('authenticates its user as the viewer', async () => {
    const { cookie, email } = await register(app);
    const refreshed = await send(app, 'refresh', undefined, { cookie });
    expect(outcomeOf(refreshed).user).toMatchObject({ email });
    expect((await app.me(outcomeOf(refreshed).tokens?.accessToken)).data).toMatchObject({ me: { email } });
  });

  test.each(['strict', 'lax', 'none'] as const)('has the configured SameSite value: %s', async (sameSite) => {
    const other = await createTestApp({ refreshCookie: { ...REFRESH_COOKIE, sameSite } });
    const { setCookies } = await send(other, 'register', { email: newEmail(), password: DEFAULT_PASSWORD });
    expect(setCookies[0]).toMatch(new RegExp(`SameSite=${sameSite}$`, 'i'));
  });
});

describe('an invalid cookie', () => {
  test('is cleared, and the refresh fails like with any invalid token', async () => {
    const { cookie } = await register(app);
    const overlong = `__Host-auth-refresh=${'x'.repeat(3000)}`;
    for (const bad of [`${cookie}x`, '__Host-auth-refresh=', '__Host-auth-refresh=%00', overlong]) {
      const answer = await send(app, 'refresh', undefined, { cookie: bad });
      expect(outcomeOf(answer)).toMatchObject({ __typename: 'InvalidTokenError', code: 'AUTH_INVALID_TOKEN' });
      expect(answer.setCookies).toEqual([CLEARED]);
    }
    expect(await isGood(app, cookie)).toBe(true);
  });

  test('duplicate cookies count as none, even if one is valid', async () => {
    const { cookie } = await register(app);
    const other = await register(app);
    for (const several of [`${cookie}; ${other.cookie}`, `${cookie}; ${cookie}`, `${cookie}; __Host-auth-refresh=`])
      expect(await isGood(app, several)).toBe(false);
    expect(await isGood(app, cookie)).toBe(true);
  });

  test('a good cookie is not cleared if the refresh is refused for another reason', async () => {
    const limited = await createTestApp({
      refreshCookie: REFRESH_COOKIE,
      rateLimits: { enabled: true, refresh: 'origin 1/1h' },
    });
    const first = await register(limited);
    const { cookie } = await register(limited);
    await send(limited, 'refresh', undefined, { cookie: first.cookie });
    const refused = await send(limited, 'refresh', undefined, { cookie });
    expect(outcomeOf(refused).__typename).toBe('TooManyRequestsError');
    await limited.database.cutOff();
    const failed = await send(limited, 'refresh', undefined, { cookie });
    expect([refused, failed].flatMap(({ setCookies }) => setCookies)).toEqual([]);
  });

  test('a missing cookie is not cleared: another tab may be signing in', async () => {
    for (const input of [undefined, {}, { refreshToken: null }]) {
      const answer = await send(app, 'refresh', input, { cookie: 'theme=dark; auth-refresh=x' });
      expect(outcomeOf(answer).__typename).toBe('InvalidTokenError');
      expect(answer.setCookies).toEqual([]);
    }
  });
});

describe('the cookie is cleared', () => {
  test('by a logout', async () => {
    const { accessToken: token, cookie } = await register(app);
    expect((await send(app, 'logout', undefined, { token, cookie })).setCookies).toEqual([CLEARED]);
    expect(await isGood(app, cookie)).toBe(false);
  });

  test.each([
    ['a logout', 'logout', undefined],
    ['the end of the current session', 'revokeSession', 'own'],
    ['the end of all sessions', 'revokeAllSessions', undefined],
  ])('not by %s whose access token is of another session, even if that has ended', async (_name, field, which) => {
    const ada = await register(app);
    const { cookie } = await register(app);
    const input = which === 'own' ? { sessionId: ada.sessionId } : undefined;
    for (let time = 0; time < 2; time += 1)
      expect((await send(app, field, input, { token: ada.accessToken, cookie })).setCookies).toEqual([]);
    expect(await isGood(app, ada.cookie)).toBe(false);
    expect(await isGood(app, cookie)).toBe(true);
  });

  test('by the end of all sessions', async () => {
    const { accessToken: token, cookie } = await register(app);
    expect((await send(app, 'revokeAllSessions', undefined, { token, cookie })).setCookies).toEqual([CLEARED]);
  });

  test('by the end of the current session, however its id is written, and of no other', async () => {
    const { accessToken: token, cookie, email, sessionId } = await register(app);
    const other = outcomeOf(await send(app, 'login', { email, password: DEFAULT_PASSWORD })).session?.id ?? '';
    expect((await send(app, 'revokeSession', { sessionId: other }, { token, cookie })).setCookies).toEqual([]);
    expect((await send(app, 'revokeSession', { sessionId: UNKNOWN_SESSION }, { token, cookie })).setCookies).toEqual(
      [],
    );
    const own = await send(app, 'revokeSession', { sessionId: sessionId.toUpperCase() }, { token, cookie });
    expect(outcomeOf(own).__typename).toBe('SessionRevoked');
    expect(own.setCookies).toEqual([CLEARED]);
  });

  test('by the next refresh, after a new password has ended the session', async () => {
    const mailing = await createTestApp({ refreshCookie: REFRESH_COOKIE, background: true });
    const { cookie, email } = await register(mailing);
    await send(mailing, 'forgotPassword', { email });
    const token = await mailing.mailer.token(email, 'reset-password');
    const reset = await send(mailing, 'resetPassword', { token, newPassword: 'a better horse battery' }, { cookie });
    expect(outcomeOf(reset).__typename).toBe('PasswordChanged');
    expect(reset.setCookies).toEqual([]);
    expect((await send(mailing, 'refresh', undefined, { cookie })).setCookies).toEqual([CLEARED]);
  });

  test('by no operation that keeps the session', async () => {
    const { accessToken: token, cookie } = await register(app);
    const passwords = { currentPassword: DEFAULT_PASSWORD, newPassword: 'a better horse battery' };
    expect((await send(app, 'changePassword', passwords, { token, cookie })).setCookies).toEqual([]);
    expect((await send(app, 'revokeOtherSessions', undefined, { token, cookie })).setCookies).toEqual([]);
    expect(await isGood(app, cookie)).toBe(true);
  });
});

describe('a logout clears the cookie even if nobody is signed in any more', () => {
  test('if the session was ended elsewhere', async () => {
    const { accessToken: token, cookie, email, sessionId } = await register(app);
    const other = outcomeOf(await send(app, 'login', { email, password: DEFAULT_PASSWORD })).tokens?.accessToken;
    await send(app, 'revokeSession', { sessionId }, { token: other });
    const answer = await send(app, 'logout', undefined, { token, cookie });
    expect(outcomeOf(answer).__typename).toBe('SessionNotFoundError');
    expect(answer.setCookies).toEqual([CLEARED]);
  });

  test('if the access token has expired, is invalid, or is missing', async () => {
    const own = await createTestApp({ refreshCookie: REFRESH_COOKIE });
    const { accessToken, cookie } = await register(own);
    own.clock.advance(60 * 60);
    for (const [reason, token] of [
      ['TOKEN_EXPIRED', accessToken],
      ['TOKEN_INVALID', `${accessToken}x`],
      ['MISSING', undefined],
    ] as const) {
      const answer = await send(own, 'logout', undefined, { token, cookie });
      expect(answer.data).toEqual({ logout: null });
      expect(answer.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAUTHENTICATED', reason }]);
      expect(answer.setCookies).toEqual([CLEARED]);
    }
  });

  test('if the refresh token in it is also invalid', async () => {
    const { cookie } = await register(app);
    for (const bad of [`${cookie}x`, `${cookie}; ${cookie}`, '__Host-auth-refresh='])
      expect((await send(app, 'logout', undefined, { cookie: bad })).setCookies).toEqual([CLEARED]);
  });

  test('unless the browser sent none: another tab may be signing in', async () => {
    const { accessToken: token } = await register(app);
    const refused = await send(app, 'logout', undefined, { cookie: 'theme=dark' });
    const ended = await send(app, 'logout', undefined, { token });
    const again = await send(app, 'logout', undefined, { token });
    expect(outcomeOf(again).__typename).toBe('SessionNotFoundError');
    expect([refused, ended, again].flatMap(({ setCookies }) => setCookies)).toEqual([]);
  });

  test('unless a signed-in user is rejected, whose session continues', async () => {
    const scoped = await createTestApp({
      refreshCookie: REFRESH_COOKIE,
      requiredScopes: { 'Mutation.logout': ['account:write'] },
    });
    const { accessToken: token, cookie } = await register(scoped);
    const answer = await send(scoped, 'logout', undefined, { token, cookie });
    expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect(answer.setCookies).toEqual([]);
    expect(await isGood(scoped, cookie)).toBe(true);
  });

  test('unless the service could not end the session: the user can try again', async () => {
    const own = await createTestApp({ refreshCookie: REFRESH_COOKIE });
    const { accessToken: token, cookie } = await register(own);
    await own.database.cutOff();
    const answer = await send(own, 'logout', undefined, { token, cookie });
    expect(answer.errors).toHaveLength(1);
    expect(answer.setCookies).toEqual([]);
    await own.database.letIn();
    await until(() => own.auth.isReady(), 'the database');
    expect((await send(own, 'logout', undefined, { token, cookie })).setCookies).toEqual([CLEARED]);
  });
});

describe('a session that was ended elsewhere', () => {
  async function endElsewhere(): Promise<{ token: string; cookie: string; sessionId: string }> {
    const { accessToken: token, cookie, email, sessionId } = await register(app);
    const other = outcomeOf(await send(app, 'login', { email, password: DEFAULT_PASSWORD })).tokens?.accessToken;
    await send(app, 'revokeSession', { sessionId }, { token: other });
    return { token, cookie, sessionId };
  }

  test('loses its cookie if its user ends it, or all sessions', async () => {
    const { sessionId, ...page } = await endElsewhere();
    for (const answer of [
      await send(app, 'revokeSession', { sessionId }, page),
      await send(app, 'revokeAllSessions', undefined, page),
    ]) {
      expect(answer.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' });
      expect(answer.setCookies).toEqual([CLEARED]);
    }
  });

  test('keeps the cookie until the next refresh in operations that sign nobody out', async () => {
    const { sessionId, ...page } = await endElsewhere();
    const passwords = { currentPassword: DEFAULT_PASSWORD, newPassword: 'a better horse battery' };
    const others = [
      await send(app, 'changePassword', passwords, page),
      await send(app, 'revokeOtherSessions', undefined, page),
      await send(app, 'revokeSession', { sessionId: UNKNOWN_SESSION }, page),
    ];
    for (const { errors, setCookies } of others) {
      expect(errors[0]?.extensions.reason).toBe('SESSION_ENDED');
      expect(setCookies).toEqual([]);
    }
    expect(sessionId).not.toBe(UNKNOWN_SESSION);
    expect((await send(app, 'refresh', undefined, { cookie: page.cookie })).setCookies).toEqual([CLEARED]);
  });

  test('keeps its cookie if the access token has expired, so that the page can refresh and retry', async () => {
    const own = await createTestApp({ refreshCookie: REFRESH_COOKIE });
    const { accessToken: token, cookie, sessionId } = await register(own);
    own.clock.advance(60 * 60);
    expect((await send(own, 'revokeAllSessions', undefined, { token, cookie })).setCookies).toEqual([]);
    expect((await send(own, 'revokeSession', { sessionId }, { token, cookie })).setCookies).toEqual([]);
    expect(await isGood(own, cookie)).toBe(true);
  });
});

test("a new password or address does not touch the cookie of someone else's session in the same browser", async () => {
  const mailing = await createTestApp({ refreshCookie: REFRESH_COOKIE, background: true });
  const { email, accessToken: token } = await register(mailing);
  const { cookie } = await register(mailing);
  await send(mailing, 'forgotPassword', { email });
  const newEmailAddress = newEmail();
  await send(mailing, 'changeEmail', { newEmail: newEmailAddress, currentPassword: DEFAULT_PASSWORD }, { token });
  const verifying = await mailing.mailer.token(email, 'verify-email');
  const confirming = await mailing.mailer.token(newEmailAddress, 'change-email-confirm');
  const resetting = await mailing.mailer.token(email, 'reset-password');
  const answers = [
    await send(mailing, 'verifyEmail', { token: verifying }, { cookie }),
    await send(mailing, 'resetPassword', { token: resetting, newPassword: 'a better horse battery' }, { cookie }),
    await send(mailing, 'confirmEmailChange', { token: confirming }, { cookie, token }),
  ];
  expect(answers.flatMap(({ setCookies }) => setCookies)).toEqual([]);
  expect(outcomeOf(answers[1]!).__typename).toBe('PasswordChanged');
  expect(await isGood(mailing, cookie)).toBe(true);
});

describe('a response sets one cookie, and the last change wins', () => {
  const LOGIN = 'login(input: $input) { ... on LoginSuccess { session { id } } }';
  async function run(selections: string, more: object = {}): Promise<Answer> {
    const { email } = await register(app);
    const query = `mutation ($input: LoginInput!) { ${selections} }`;
    const variables = { input: { email, password: DEFAULT_PASSWORD } };
    return app.request(query, variables, { headers: { origin: ORIGIN, ...more } });
  }

  test('of a login and a logout without a signed-in user, the login', async () => {
    const { cookie } = await register(app);
    const back = await run(`logout { __typename } ${LOGIN}`, { cookie });
    expect(back.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(await isGood(app, cookieOf(back))).toBe(true);
  });

  test('of a login and a logout of its session, the logout', async () => {
    expect((await run(`${LOGIN} logout { __typename }`)).setCookies).toEqual([CLEARED]);
  });
});

describe('a client that stores its token itself', () => {
  test('sends it in the body and gets the next one in the payload, without an Origin and without a cookie', async () => {
    const native = await signInWithoutCookie();
    const refreshed = await app.mutation('refresh', { refreshToken: native });
    const next = outcomeOf(refreshed).tokens?.refreshToken ?? '';
    expect(next).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    expect(refreshed.setCookies).toEqual([]);
    const token = outcomeOf(await app.mutation('refresh', { refreshToken: next })).tokens?.accessToken;
    expect(outcomeOf(await app.mutation('logout', undefined, { token })).__typename).toBe('SessionRevoked');
  });

  test('uses only the body, valid or invalid, even if there is a cookie too', async () => {
    const { cookie } = await register(app);
    const own = await send(app, 'refresh', { refreshToken: await signInWithoutCookie() }, { cookie });
    expect(outcomeOf(own).tokens?.refreshToken).not.toBeNull();
    const bad = await send(app, 'refresh', { refreshToken: '' }, { cookie });
    expect(outcomeOf(bad).__typename).toBe('InvalidTokenError');
    expect([...own.setCookies, ...bad.setCookies]).toEqual([]);
    app.clock.advance(31);
    expect(await isGood(app, cookie)).toBe(true);
  });

  /** As a session from before the cookies were switched on. */
  async function signInWithoutCookie(): Promise<string> {
    const command = { email: newEmail(), password: DEFAULT_PASSWORD };
    const client = { ipAddress: null, userAgent: null };
    await app.auth.services.registration.register(command, client);
    return (await app.auth.services.login.login(command, client)).tokens.refreshToken;
  }
});

test('an app signs in through a process without cookies on the same database, and both processes know its session', async () => {
  const forApps = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
  const inApp = await forApps.register();
  expect(inApp.refreshToken).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
  expect((await app.me(inApp.accessToken)).errors).toEqual([]);
  const throughPages = await app.refresh(inApp.refreshToken);
  const back = await forApps.refresh(throughPages.tokens?.refreshToken ?? '');
  expect([throughPages.__typename, back.__typename]).toEqual(['LoginSuccess', 'LoginSuccess']);

  const input = { email: inApp.email, password: inApp.password };
  const inBrowser = cookieOf(await send(app, 'login', input));
  await forApps.mutate('revokeOtherSessions', undefined, { token: back.tokens?.accessToken });
  expect(await isGood(app, inBrowser)).toBe(false);
});

test('a server that cannot set cookies logs it, and the login fails', async () => {
  const logged: unknown[] = [];
  const log = (fields: object): void => void logged.push(fields);
  const host = await createTestApp({
    refreshCookie: REFRESH_COOKIE,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const { email } = await register(host);
  const before = await host.database.sql('select count(*) from auth_session');
  const server = new ApolloServer<GraphQLContext>(host.auth.apolloOptions);
  const contextValue = host.auth.context({ headers: { origin: ORIGIN, 'content-type': 'application/json' } });
  const query = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
  const variables = { input: { email, password: DEFAULT_PASSWORD } };
  const { body } = await server.executeOperation({ query, variables }, { contextValue });
  expect(body).toMatchObject({ singleResult: { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] } });
  expect(JSON.stringify(logged)).toContain('refreshCookie.enabled requires the function setCookie');
  expect(await host.database.sql('select count(*) from auth_session')).toEqual(before);
  await server.stop();
});

test('without the option no cookie is set, read or cleared, and no Origin is needed', async () => {
  const off = await createTestApp();
  const ada = await off.register();
  const cookie = `__Host-auth-refresh=${ada.refreshToken}`;
  const headers = { cookie, origin: 'https://evil.example.com' };
  const refreshed = await off.mutation('refresh', undefined, { headers });
  expect(outcomeOf(refreshed).__typename).toBe('InvalidTokenError');
  const login = await off.mutation('login', { email: ada.email, password: ada.password }, { headers });
  expect(outcomeOf(login).tokens?.refreshToken).toMatch(/./);
  const logout = await off.mutation('logout', undefined, { token: ada.accessToken, headers });
  expect([...refreshed.setCookies, ...login.setCookies, ...logout.setCookies]).toEqual([]);
});
