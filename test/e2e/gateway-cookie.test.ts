import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayTarget } from '../../src/cli/gateway-config/gateway-target.js';
import { CLEARED, cookieOf, ORIGIN, outcomeOf, REFRESH_COOKIE } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startApolloGateway } from '../support/gateways/apollo-gateway.js';
import type { Gateway } from '../support/gateways/gateway-process.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';

const ROUTER_SECRET = 'what the gateway of the tests sends along';

let database: TestDatabase;
let service: ServiceProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({
    DATABASE_URL: database.url,
    REFRESH_COOKIE_ENABLED: 'true',
    REFRESH_COOKIE_ALLOWED_ORIGINS: REFRESH_COOKIE.allowedOrigins,
    ROUTER_SECRET,
  });
});

afterAll(async () => {
  await service.stop();
  await database.drop();
});

// Grafbase is not among them: it passes no Set-Cookie on.
describe.each([
  { name: 'Apollo Gateway', start: startApolloGateway },
  { name: 'Hive Gateway', start: startHiveGateway },
])('a browser behind $name', ({ start }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const auth: GatewayTarget = { url: service.url, tokens: undefined, routerSecret: true, cookies: true };
    gateway = await start({ auth, postsUrl: 'http://posts.invalid', env: { ROUTER_SECRET } });
  });
  afterAll(() => gateway.stop());

  test('signs in, refreshes and signs out with a cookie that only it has', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const registered = await gateway.mutation('register', input, { headers: { origin: ORIGIN } });
    expect(outcomeOf(registered)).toMatchObject({ __typename: 'LoginSuccess', tokens: { refreshToken: null } });
    const loggedIn = await gateway.mutation('login', input, { headers: { origin: ORIGIN } });
    expect(outcomeOf(loggedIn)).toMatchObject({ __typename: 'LoginSuccess', tokens: { refreshToken: null } });
    expect(cookieOf(loggedIn)).not.toBe(cookieOf(registered));
    const headers = { origin: ORIGIN, cookie: `theme=dark; ${cookieOf(loggedIn)}` };
    const refreshed = await gateway.mutation('refresh', undefined, { headers });
    expect(outcomeOf(refreshed)).toMatchObject({ __typename: 'LoginSuccess', tokens: { refreshToken: null } });
    expect(cookieOf(refreshed)).not.toBe(cookieOf(loggedIn));
    const token = outcomeOf(refreshed).tokens?.accessToken;
    expect((await gateway.mutation('logout', undefined, { token, headers })).setCookies).toEqual([CLEARED]);
  });

  test('loses its cookie by a logout, even if the access token is invalid or the session has ended', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const registered = await gateway.mutation('register', input, { headers: { origin: ORIGIN } });
    const token = outcomeOf(registered).tokens?.accessToken ?? '';
    const headers = { origin: ORIGIN, cookie: cookieOf(registered) };
    const refused = await gateway.mutation('logout', undefined, { token: `${token}x`, headers });
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
    await gateway.mutation('logout', undefined, { token, headers: { origin: ORIGIN } });
    const ended = await gateway.mutation('logout', undefined, { token, headers });
    expect(outcomeOf(ended).__typename).toBe('SessionNotFoundError');
    expect([...refused.setCookies, ...ended.setCookies]).toEqual([CLEARED, CLEARED]);
    const evil = await gateway.mutation('logout', undefined, {
      headers: { ...headers, origin: 'https://evil.example.com' },
    });
    expect(evil.setCookies).toEqual([]);
  });

  test('is rejected on a page of another site', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    const registered = await gateway.mutation('register', input, { headers: { origin: ORIGIN } });
    const headers = { origin: 'https://evil.example.com', cookie: cookieOf(registered) };
    const evil = await gateway.mutation('refresh', undefined, { headers });
    expect(evil.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'ORIGIN_NOT_ALLOWED' });
    expect(evil.setCookies).toEqual([]);
    const good = await gateway.mutation('refresh', undefined, { headers: { ...headers, origin: ORIGIN } });
    expect(outcomeOf(good).__typename).toBe('LoginSuccess');
  });
});

test('only the gateway can read the schema', async () => {
  const answer = await service.request('{ _service { sdl } }');
  expect(answer.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'NOT_FROM_ROUTER' });
});
