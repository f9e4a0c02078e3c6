import { ApolloServer } from '@apollo/server';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLContext } from '../../src/index.js';
import { isGood, ORIGIN, outcomeOf, REFRESH_COOKIE, register, send } from '../support/browser.js';
import { DEFAULT_PASSWORD, newEmail, type Answer } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
});

function expectForbidden(answer: Answer, reason: string): void {
  expect(Object.values(answer.data as object)).toEqual([null]);
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', reason });
  expect(answer.setCookies).toEqual([]);
}

describe('a request from another site', () => {
  const OTHERS: [string, Record<string, string>][] = [
    ['ORIGIN_NOT_ALLOWED', { origin: 'https://evil.example.com' }],
    ['ORIGIN_NOT_ALLOWED', { origin: 'null' }],
    ['ORIGIN_NOT_ALLOWED', { origin: '' }],
    ['ORIGIN_NOT_ALLOWED', { origin: `${ORIGIN}:8443` }],
    ['ORIGIN_NOT_ALLOWED', { origin: 'http://app.example.com' }],
    ['ORIGIN_NOT_ALLOWED', { origin: `${ORIGIN}.evil.example` }],
    ['ORIGIN_NOT_ALLOWED', { origin: `${ORIGIN}, https://evil.example.com` }],
  ];

  test.each(OTHERS)('gets %s and changes nothing: %j', async (reason, headers) => {
    const { cookie, email } = await register(app);
    expectForbidden(await send(app, 'refresh', undefined, { cookie, headers }), reason);
    expectForbidden(await send(app, 'login', { email, password: DEFAULT_PASSWORD }, { cookie, headers }), reason);
    const address = newEmail();
    expectForbidden(await send(app, 'register', { email: address, password: DEFAULT_PASSWORD }, { headers }), reason);
    expect(await app.database.sql('select id from auth_user where email = $1', [address])).toEqual([]);
    // Had it been rotated, the first token after the grace period would be a replay.
    app.clock.advance(31);
    expect(await isGood(app, cookie)).toBe(true);
  });

  test.each([...OTHERS, ['ORIGIN_MISSING', {}] as const])(
    'does not sign anyone out, with %s or without an access token: %j',
    async (_reason, headers) => {
      const { accessToken, cookie, sessionId } = await register(app);
      const more = { ...headers, cookie };
      const answers = [
        await app.mutation('logout', undefined, { headers: more }),
        await app.mutation('logout', undefined, { headers: more, token: `${accessToken}x` }),
      ];
      for (const { errors, setCookies } of answers) {
        expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
        expect(setCookies).toEqual([]);
      }
      expect(await isGood(app, cookie)).toBe(true);
      // Someone who has the access token may end the session. The cookie is the browser's all the same.
      for (const [field, input] of [['revokeSession', { sessionId }], ['logout'], ['revokeAllSessions']] as const) {
        const answer = await app.mutation(field, input, { headers: more, token: accessToken });
        expect(answer.setCookies).toEqual([]);
      }
    },
  );

  test('that hides its origin gets ORIGIN_MISSING', async () => {
    const { cookie, email } = await register(app);
    const headers = { cookie };
    expectForbidden(await app.mutation('refresh', undefined, { headers }), 'ORIGIN_MISSING');
    expectForbidden(await app.mutation('login', { email, password: DEFAULT_PASSWORD }, { headers }), 'ORIGIN_MISSING');
    app.clock.advance(31);
    expect(await isGood(app, cookie)).toBe(true);
  });

  test('does not use up an invitation', async () => {
    const own = await createTestApp({ refreshCookie: REFRESH_COOKIE, background: true });
    const email = newEmail();
    await own.auth.services.userCreation.create({ email });
    const input = { token: await own.mailer.token(email, 'invitation'), password: DEFAULT_PASSWORD };
    expectForbidden(await own.mutation('acceptInvitation', input), 'ORIGIN_MISSING');
    const headers = { origin: 'https://evil.example.com' };
    expectForbidden(await own.mutation('acceptInvitation', input, { headers }), 'ORIGIN_NOT_ALLOWED');
    expect(outcomeOf(await send(own, 'acceptInvitation', input)).__typename).toBe('LoginSuccess');
  });

  test('compares no password, and does not count as a wrong one', async () => {
    const strict = await createTestApp({ refreshCookie: REFRESH_COOKIE, lockout: { maxAttempts: 1 } });
    const { email } = await register(strict);
    const headers = { origin: 'https://evil.example.com' };
    const statements = await strict.database.countStatements(async () => {
      await send(strict, 'login', { email, password: 'a guess' }, { headers });
    });
    expect(statements).toBe(0);
    expect(outcomeOf(await send(strict, 'login', { email, password: DEFAULT_PASSWORD })).__typename).toBe(
      'LoginSuccess',
    );
  });

  test.each([
    ['application/x-www-form-urlencoded', 'query=mutation%20%7B%20refresh%20%7B%20__typename%20%7D%20%7D'],
    ['text/plain', '{"query":"mutation { refresh { __typename } }"}'],
    ['text/plain; application/json', '{"query":"mutation { refresh { __typename } }"}'],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{ a }\r\n--x--'],
  ])('in the format of a form, %s, is rejected', async (type, body) => {
    const { cookie } = await register(app);
    const answer = await app.post(body, { headers: { origin: ORIGIN, cookie, 'content-type': type } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.setCookies).toEqual([]);
    app.clock.advance(31);
    expect(await isGood(app, cookie)).toBe(true);
  });

  test('is rejected over GET', async () => {
    const { cookie } = await register(app);
    const url = `/graphql?query=${encodeURIComponent('mutation { refresh { __typename } }')}`;
    const headers = { origin: ORIGIN, cookie, 'apollo-require-preflight': '1' };
    const response = await app.server.inject({ url, headers });
    expect(response.statusCode).toBe(405);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  test.each<[string | null, Record<string, string>]>([
    ['PREFLIGHT_MISSING', {}],
    ['PREFLIGHT_MISSING', { 'content-type': 'text/plain' }],
    ['PREFLIGHT_MISSING', { 'content-type': 'text/plain; application/json' }],
    ['PREFLIGHT_MISSING', { 'content-type': 'application/x-www-form-urlencoded', 'x-requested-with': '' }],
    [null, { 'content-type': 'Application/JSON; charset=utf-8' }],
    [null, { 'content-type': 'text/plain', 'x-requested-with': 'XMLHttpRequest' }],
    [null, { 'apollo-require-preflight': '1' }],
    [null, { 'x-apollo-operation-name': 'Refresh' }],
  ])('in a server without its own checks gets %s: %j', async (reason, headers) => {
    const { cookie } = await register(app);
    const set: string[] = [];
    const server = new ApolloServer<GraphQLContext>({ ...app.auth.apolloOptions, csrfPrevention: false });
    const contextValue = app.auth.context({
      headers: { origin: ORIGIN, cookie, ...headers },
      setCookie: (value) => set.push(value),
    });
    const { body } = await server.executeOperation({ query: 'mutation { refresh { __typename } }' }, { contextValue });
    const result = body.kind === 'single' ? body.singleResult : {};
    if (reason === null) expect(result).toMatchObject({ data: { refresh: { __typename: 'LoginSuccess' } } });
    else
      expect(result).toMatchObject({
        data: { refresh: null },
        errors: [{ extensions: { code: 'FORBIDDEN', reason } }],
      });
    expect(set).toHaveLength(reason === null ? 1 : 0);
    await server.executeOperation({ query: 'mutation { logout { __typename } }' }, { contextValue });
    expect(set).toHaveLength(reason === null ? 2 : 0);
    await server.stop();
  });
});
