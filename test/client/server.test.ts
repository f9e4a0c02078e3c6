import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readSession, type ReadSessionError, type ServerSession } from '@auth-subgraph/client/server';
import { ORIGIN, REFRESH_COOKIE } from '../support/browser.js';
import { Device, GATEWAY, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let browser: Device;
/** What the server of the pages sends. */
let server: Device;
beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
});
beforeEach(() => {
  [browser, server] = [new Device(app), new Device(app)];
});

function requestWith(cookie: string | undefined): Request {
  const headers = {
    'user-agent': 'Browser/1',
    ...(cookie !== undefined && { cookie: `theme=dark; ${cookie}; other=1` }),
  };
  return new Request('https://app.example.com/account', { headers });
}

const read = (request: Request): Promise<ServerSession> =>
  readSession(request, { url: GATEWAY, origin: ORIGIN, fetch: server.fetch });

test('a request with the cookie is that of its user, and the next cookie goes to the browser', async () => {
  const { email } = await registerOn(browser.client({ mode: 'cookie' }));
  const first = await read(requestWith(browser.cookie));
  expect(first).toMatchObject({ user: { email, emailVerified: false }, accessToken: expect.stringMatching(/^eyJ/) });
  expect(first.setCookie).toEqual([expect.stringMatching(/^__Host-auth-refresh=[^;]+; .*HttpOnly/)]);
  app.clock.advance(60);
  const second = await read(requestWith(first.setCookie[0]?.split(';')[0]));
  expect(second.user?.id).toBe(first.user?.id);
  expect(server.sent.at(-1)?.cookie).toMatch(/^__Host-auth-refresh=[^;]+$/);
});

test('two renders of one request share one refresh', async () => {
  await registerOn(browser.client({ mode: 'cookie' }));
  const request = requestWith(browser.cookie);
  const [first, second] = await Promise.all([read(request), read(request)]);
  expect(first).toBe(second);
  expect(server.count('RefreshWithUser')).toBe(1);
});

test('a request without the cookie sends nothing to the service', async () => {
  expect(await read(requestWith(undefined))).toEqual({ accessToken: undefined, user: null, setCookie: [] });
  expect(server.sent).toEqual([]);
});

test('a cookie that is invalid is cleared', async () => {
  const session = await read(requestWith('__Host-auth-refresh=nonsense'));
  expect(session).toMatchObject({ accessToken: undefined, user: null });
  expect(session.setCookie).toEqual([expect.stringContaining('Max-Age=0')]);
});

test('of two cookies neither counts, because one may have been planted', async () => {
  const stranger = new Device(app);
  await registerOn(stranger.client({ mode: 'cookie' }));
  await registerOn(browser.client({ mode: 'cookie' }));
  const session = await read(requestWith(`${String(stranger.cookie)}; ${String(browser.cookie)}`));
  expect(session).toMatchObject({ accessToken: undefined, user: null });
  expect(session.setCookie).toEqual([expect.stringContaining('Max-Age=0')]);
});

test('an error of a field leaves the next cookie to the browser', async () => {
  await registerOn(browser.client({ mode: 'cookie' }));
  const send: typeof fetch = async (...request) => {
    const response = await server.fetch(...request);
    const body = (await response.json()) as object;
    return Response.json({ ...body, errors: [{ message: 'x', path: ['refresh', 'user', 'roles'] }] }, response);
  };
  const failure = await readSession(requestWith(browser.cookie), { url: GATEWAY, origin: ORIGIN, fetch: send }).catch(
    (error: unknown) => error as ReadSessionError,
  );
  expect(failure).toMatchObject({ name: 'AuthRequestError' });
  const [cookie] = failure.setCookie;
  app.clock.advance(60);
  expect((await read(requestWith(cookie?.split(';')[0]))).user).not.toBeNull();
});

test.each([
  { case: 'an unreachable service', network: 'down' as const, code: 'UNREACHABLE' },
  { case: 'an error page', network: () => new Response('<html>', { status: 502 }), code: 'UNREACHABLE' },
])('$case is an error, and never a signed-out user', async ({ network, code }) => {
  await registerOn(browser.client({ mode: 'cookie' }));
  server.network['*'] = network;
  await expect(read(requestWith(browser.cookie))).rejects.toMatchObject({ name: 'AuthRequestError', code });
});
