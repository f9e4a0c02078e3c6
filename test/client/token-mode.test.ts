import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { onSignedOut, webStorage, type AuthClient, type TokenStorage, type TypedDocument } from '@auth-subgraph/client';
import { REFRESH_COOKIE } from '../support/browser.js';
import { Device, GATEWAY, moveDeviceClock, registerOn, type Network } from '../support/device.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ jwt: { accessTokenExpiration: '15m' }, refreshReuseGraceSeconds: 30 });
});

/** Lets the access token of a session expire, on the device and in the service. */
function expire(): void {
  moveDeviceClock(900);
  app.clock.advance(900);
}

const json =
  (body: unknown, status = 200): Network =>
  () =>
    Response.json(body, { status, ...(status === 429 && { headers: { 'retry-after': '7' } }) });

test('a new client is signed out, and a registration signs it in', async () => {
  const client = new Device(app).client();
  expect(await client.ready()).toEqual({ status: 'signedOut', because: 'never' });
  expect(await client.getAccessToken()).toBeUndefined();
  const states: unknown[] = [];
  const stop = client.subscribe(() => states.push(client.state));
  const { email } = await registerOn(client);
  expect(states).toEqual([expect.objectContaining({ status: 'signedIn', reachable: true, scopes: [] })]);
  expect(await client.me()).toMatchObject({ email, emailVerified: false });
  stop();
  await client.logout();
  expect(states).toHaveLength(1);
});

test('a client works where AbortSignal.timeout is missing, as in React Native', async () => {
  const { timeout } = Object.getOwnPropertyDescriptors(AbortSignal);
  Reflect.deleteProperty(AbortSignal, 'timeout');
  try {
    const client = new Device(app).client();
    const { email } = await registerOn(client);
    expect(await client.me()).toMatchObject({ email });
  } finally {
    Object.defineProperty(AbortSignal, 'timeout', timeout);
  }
});

test('a listener that throws does not stop a sign-out', async () => {
  const storage = new Map<string, string>();
  const client = new Device(app).client({ storage });
  await registerOn(client);
  const report = jest.spyOn(Promise, 'reject').mockReturnValue(new Promise<never>(() => undefined));
  client.subscribe(() => {
    throw new Error('from the listener');
  });
  const states: unknown[] = [];
  client.subscribe(() => states.push(client.state));
  await client.logout();
  expect(report.mock.calls).toEqual([[expect.objectContaining({ message: 'from the listener' })]]);
  expect(states).toEqual([{ status: 'signedOut', because: 'logout' }]);
  expect(storage.size).toBe(1);
});

test('a storage that fails once is read again', async () => {
  const storage = new Map<string, string>();
  const device = new Device(app);
  const { email } = await registerOn(device.client({ storage }));
  let fails = true;
  const get = (key: string): string | undefined => {
    if (fails) throw new Error('locked');
    return storage.get(key);
  };
  const client = device.client({
    storage: { get, set: (...entry) => storage.set(...entry), delete: (key) => storage.delete(key) },
  });
  await expect(client.ready()).rejects.toThrow('locked');
  fails = false;
  expect(await client.ready()).toMatchObject({ status: 'signedIn' });
  expect(await client.me()).toMatchObject({ email });
  await client.logout();
  expect(storage.has(`${device.name}.session`)).toBe(false);
});

test('a sign-in resolves to the union without the tokens', async () => {
  const device = new Device(app);
  const client = device.client();
  const { email, password } = await registerOn(client);
  const right = await client.login({ email, password });
  expect(right).toMatchObject({ __typename: 'LoginSuccess', user: { email }, session: { current: true } });
  expect(JSON.stringify(right)).not.toMatch(/token/i);
  expect(await client.login({ email, password: 'wrong' })).toMatchObject({
    __typename: 'InvalidCredentialsError',
    code: 'AUTH_INVALID_CREDENTIALS',
  });
  expect(client.state).toMatchObject({ status: 'signedIn' });
});

test('every operation of the service can be called', async () => {
  const client = new Device(app).client();
  const { email, password } = await registerOn(client);
  const token = 'not-a-token';
  expect(await client.verifyEmail({ token })).toMatchObject({ __typename: 'InvalidTokenError' });
  expect(await client.resendVerification({ email })).toEqual({ __typename: 'MailRequested', email });
  expect(await client.forgotPassword({ email })).toEqual({ __typename: 'MailRequested', email });
  const newPassword = `${DEFAULT_PASSWORD} 2`;
  expect(await client.resetPassword({ token, newPassword })).toMatchObject({ __typename: 'InvalidTokenError' });
  expect(await client.changePassword({ currentPassword: password, newPassword: 'short' })).toMatchObject({
    __typename: 'WeakPasswordError',
    violations: expect.arrayContaining(['MIN_LENGTH']),
  });
  expect(await client.changeEmail({ newEmail: newEmail(), currentPassword: password })).toMatchObject({
    __typename: 'MailRequested',
  });
  expect(await client.confirmEmailChange({ token })).toMatchObject({ __typename: 'InvalidTokenError' });
  expect(await client.sessions()).toEqual([expect.objectContaining({ current: true })]);
  const sessionId = '0198d3c5-0000-7000-8000-000000000000';
  expect(await client.revokeSession({ sessionId })).toMatchObject({ __typename: 'SessionNotFoundError' });
  expect(await client.revokeOtherSessions()).toEqual({ __typename: 'SessionsRevoked', count: 0 });
  expect(await client.revokeAllSessions()).toEqual({ __typename: 'SessionsRevoked', count: 1 });
  await until(() => client.state.status === 'signedOut', 'the end of the session');
  expect(client.state).toEqual({ status: 'signedOut', because: 'ended' });
});

describe('an access token', () => {
  test('is used until the margin before its end, and twenty calls then share one refresh', async () => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    const first = await client.getAccessToken();
    moveDeviceClock(869);
    expect(await client.getAccessToken()).toBe(first);
    expect(device.count('Refresh')).toBe(0);
    moveDeviceClock(2);
    app.clock.advance(871);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => client.getAccessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(device.count('Refresh')).toBe(1);
  });

  test.each([
    { case: 'an hour ahead', seconds: 3600, refreshes: 1 },
    { case: 'an hour back', seconds: -3600, refreshes: 0 },
  ])('survives a wall clock that is set $case, and corrected', async ({ seconds, refreshes }) => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    moveDeviceClock(seconds, 'wall');
    expect(await client.me()).toMatchObject({ firstName: null });
    expect(device.count('Refresh')).toBe(refreshes);
    moveDeviceClock(-seconds, 'wall');
    expect(await client.me()).toMatchObject({ firstName: null });
    expect(client.state).toMatchObject({ status: 'signedIn', reachable: true });
  });

  test.each(['wall', 'monotonic'] as const)('expires by the %s clock if the other one stands still', async (which) => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    moveDeviceClock(900, which);
    app.clock.advance(900);
    expect(await client.me()).not.toBeNull();
    expect({ refresh: device.count('Refresh'), me: device.count('Me') }).toEqual({ refresh: 1, me: 1 });
  });

  test('is not sent to another origin', async () => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    const request = { method: 'POST', body: '{"query":"query Other { __typename }"}' };
    await client.fetch('https://other.example.com/graphql', request);
    expect(device.sent.at(-1)).toMatchObject({ operation: 'Other', authorization: null });
    await client.fetch('https://api.example.com/graphql', {
      ...request,
      headers: { 'content-type': 'application/json' },
    });
    expect(device.sent.at(-1)?.authorization).toMatch(/^Bearer /);
  });
});

describe('a refresh that fails', () => {
  const success = { __typename: 'LoginSuccess' };
  test.each<{ case: string; network: Network }>([
    { case: 'no network', network: 'down' },
    { case: 'a connection that is cut after the service has rotated', network: 'loses the response' },
    { case: 'an error 500', network: json({ errors: [{ message: 'Internal server error' }] }, 500) },
    { case: 'an error 429', network: json({}, 429) },
    { case: 'a page of HTML', network: () => new Response('<html>Welcome to the hotel</html>') },
    { case: 'JSON without the field', network: json({ data: {} }) },
    { case: 'a null field', network: json({ data: { refresh: null } }) },
    { case: 'a success without tokens', network: json({ data: { refresh: success } }) },
    { case: 'a top-level error', network: json({ data: null, errors: [{ message: 'x', extensions: { code: 'Y' } }] }) },
    {
      case: 'TooManyRequestsError',
      network: json({ data: { refresh: { __typename: 'TooManyRequestsError', message: 'x', retryAfterSeconds: 3 } } }),
    },
  ])('with $case leaves the user signed in, and is not repeated by every call', async ({ network }) => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    expire();
    device.network['Refresh'] = network;
    const calls = Array.from({ length: 20 }, () => client.getAccessToken().catch((error: unknown) => error));
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ name: 'AuthRequestError' });
    await expect(client.me()).rejects.toMatchObject({ name: 'AuthRequestError' });
    expect(client.state).toMatchObject({ status: 'signedIn', reachable: false });
    expect(device.count('Refresh')).toBe(1);
    expect(device.count('Me')).toBe(0);
  });

  test('is repeated at once for a user who asks for it, unless the service has asked to wait', async () => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    expire();
    device.network['Refresh'] = 'down';
    await expect(client.getAccessToken()).rejects.toThrow('unreachable');
    device.network['Refresh'] = 'up';
    await expect(client.getAccessToken()).rejects.toThrow('unreachable');
    expect(await client.getAccessToken({ tryAgain: true })).toBeDefined();
    const asked = await limited(3600);
    await expect(asked.getAccessToken({ tryAgain: true })).rejects.toMatchObject({ retryAfterSeconds: 3600 });
  });

  test('because of a limit has the code of the limit', async () => {
    const client = await limited(3600);
    await expect(client.me()).rejects.toMatchObject({ code: 'AUTH_TOO_MANY_REQUESTS', retryAfterSeconds: 3600 });
  });

  test('does not delay the refreshes of the next session', async () => {
    const client = await limited(3600);
    await expect(client.me()).rejects.toThrow();
    const { email } = await registerOn(client);
    expect(await client.getAccessToken({ fresh: true })).toBeDefined();
    expect(await client.me()).toMatchObject({ email });
  });

  test('does not delay those of the next session, if it comes from another tab', async () => {
    const storage: TokenStorage = new Map<string, string>();
    const device = new Device(app);
    const client = await limited(3600, device, storage);
    await expect(client.me()).rejects.toThrow();
    const { email } = await registerOn(device.client({ storage }));
    await until(async () => (await client.me().catch(() => undefined))?.email === email, 'the next session');
  });

  /** A client whose first refresh is refused. */
  async function limited(
    retryAfterSeconds: number,
    device = new Device(app),
    storage: TokenStorage = new Map<string, string>(),
  ): Promise<AuthClient> {
    const client = device.client({ storage });
    await registerOn(client);
    expire();
    const refused = {
      __typename: 'TooManyRequestsError',
      code: 'AUTH_TOO_MANY_REQUESTS',
      message: 'x',
      retryAfterSeconds,
    };
    device.network['Refresh'] = () => {
      device.network['Refresh'] = 'up';
      return Response.json({ data: { refresh: refused } });
    };
    return client;
  }

  test('is repeated after a second by itself, and the user is still there', async () => {
    const device = new Device(app);
    const client = device.client();
    const { email } = await registerOn(client);
    expire();
    device.network['Refresh'] = 'loses the response';
    await expect(client.getAccessToken()).rejects.toThrow('unreachable');
    device.network['Refresh'] = 'up';
    await until(() => client.state.status === 'signedIn' && client.state.reachable, 'the next attempt');
    expect(device.count('Refresh')).toBe(2);
    expect(await client.me()).toMatchObject({ email });
  });

  test('is not repeated at once if the service asks for a wait of weeks', async () => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    device.network['Refresh'] = () => new Response(null, { status: 503, headers: { 'retry-after': '3000000' } });
    await expect(client.getAccessToken({ fresh: true })).rejects.toMatchObject({ retryAfterSeconds: 3_000_000 });
    await setTimeout(300);
    expect(device.count('Refresh')).toBe(1);
  });

  test.each(['Sat, 28 Nov 2099 10:00:00 GMT', 'soon', ''])(
    'with the header Retry-After: %s waits for as long as the body says',
    async (header) => {
      const device = new Device(app);
      const client = device.client();
      await registerOn(client);
      const errors = [{ message: 'x', extensions: { code: 'AUTH_TOO_MANY_REQUESTS', retryAfterSeconds: 77 } }];
      device.network['Refresh'] = () => Response.json({ errors }, { status: 503, headers: { 'retry-after': header } });
      await expect(client.getAccessToken({ fresh: true })).rejects.toMatchObject({ retryAfterSeconds: 77 });
    },
  );

  test('does not take away a token that is still valid', async () => {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    const token = await client.getAccessToken();
    moveDeviceClock(880);
    device.network['*'] = 'down';
    expect(await client.getAccessToken()).toBe(token);
    expect(client.state).toMatchObject({ status: 'signedIn', reachable: false });
    await expect(client.getAccessToken({ fresh: true })).rejects.toThrow('unreachable');
  });
});

describe('a session ends', () => {
  test('when the service says that the refresh token is invalid', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const client = device.client({ storage });
    await registerOn(client);
    const stolen = new Map<string, string>();
    void stolen.set('thief.session', (await storage.get(`${device.name}.session`)) ?? '');
    const thief = device.client({ storage: stolen, name: 'thief' });
    await thief.getAccessToken();
    app.clock.advance(31);
    await expect(client.getAccessToken({ fresh: true })).resolves.toBeUndefined();
    expect(client.state).toEqual({ status: 'signedOut', because: 'ended' });
    expect(await thief.getAccessToken({ fresh: true })).toBeUndefined();
    expect(await device.client({ storage }).ready()).toEqual({ status: 'signedOut', because: 'never' });
  });

  test('for every client with the same storage', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const [first, second] = [device.client({ storage }), device.client({ storage })];
    const { email } = await registerOn(first);
    await until(() => second.state.status === 'signedIn', 'the other tab');
    expect(await second.me()).toMatchObject({ email });
    await second.logout();
    await until(() => first.state.status === 'signedOut', 'the sign-out of the other tab');
    expect(first.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(device.count('Logout')).toBe(1);
  });
});

test('a sign-out whose token is rejected ends the session with another token', async () => {
  const device = new Device(app);
  const client = device.client();
  const { email, password } = await registerOn(client);
  const other = await app.login({ email, password });
  // The key that signed the token has been withdrawn.
  const errors = [{ message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }];
  device.network['Logout'] = () => {
    delete device.network['Logout'];
    return Response.json({ data: { logout: null }, errors });
  };
  await client.logout();
  await until(() => device.count('Logout') === 2, 'the second sign-out');
  const [row] = await app.database.sql<{ live: number }>(
    'select count(*)::int as live from auth_session where user_id = $1 and revoked_at is null',
    [other.userId],
  );
  expect(row?.live).toBe(1);
});

describe('an operation whose token is rejected', () => {
  const QUERY = 'query Own { me { id } }' as TypedDocument<{ me: { id: string } | null }, object>;

  /** The clock of the service runs ahead of the device, which does not know that its token has expired. */
  async function rejected(): Promise<{ device: Device; client: AuthClient }> {
    const device = new Device(app);
    const client = device.client();
    await registerOn(client);
    app.clock.advance(900);
    return { device, client };
  }

  test('is repeated once with another token', async () => {
    const { device, client } = await rejected();
    const calls = await Promise.all([1, 2, 3].map(() => client.request(QUERY, {})));
    expect(calls[0]?.me?.id).toMatch(/-/);
    expect({ own: device.count('Own'), refresh: device.count('Refresh') }).toEqual({ own: 6, refresh: 1 });
  });

  test('is repeated if only private fields of an entity were rejected', async () => {
    const device = new Device(app);
    const client = device.client();
    const account = await registerOn(client);
    const { userId } = client.state as { userId: string };
    const text = 'query Private($r: [_Any!]!) { _entities(representations: $r) { ... on User { email } } }';
    const body = JSON.stringify({ query: text, variables: { r: [{ __typename: 'User', id: userId }] } });
    const email = async (): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await client.fetch(GATEWAY, { method: 'POST', headers, body });
      return await answer.json();
    };
    app.clock.advance(900);
    expect(await email()).toEqual({ data: { _entities: [{ email: expect.stringContaining('@') }] } });
    expect(device.count('Refresh')).toBe(1);
    await app.mutate('revokeAllSessions', undefined, { token: (await app.login(account)).accessToken });
    expect(await email()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN', reason: 'SESSION_ENDED' } }] });
    expect(client.state).toEqual({ status: 'signedOut', because: 'ended' });
  });

  test('is not repeated again', async () => {
    const { device, client } = await rejected();
    const errors = [{ message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }];
    device.network['Own'] = json({ data: { me: null }, errors });
    await expect(client.request(QUERY, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    expect(device.count('Own')).toBe(2);
  });

  test('is not repeated for a reason that another token does not change', async () => {
    const { device, client } = await rejected();
    const errors = [{ message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }];
    device.network['Own'] = json({ data: { me: null }, errors });
    await expect(client.request(QUERY, {})).rejects.toMatchObject({ reason: 'TOKEN_INVALID' });
    expect({ own: device.count('Own'), refresh: device.count('Refresh') }).toEqual({ own: 1, refresh: 0 });
  });

  test('returns the first response if the refresh fails', async () => {
    const { device, client } = await rejected();
    device.network['Refresh'] = 'down';
    await expect(client.request(QUERY, {})).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
    expect(client.state).toMatchObject({ status: 'signedIn', reachable: false });
  });

  const expired = { message: 'x', extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } };
  const MUTATION = 'mutation Own { first second }' as TypedDocument<object, object>;
  test.each([
    { case: 'one field has run', data: { first: 1, second: null }, errors: [expired], times: 1 },
    {
      case: 'a field failed for another reason',
      data: { first: null, second: null },
      errors: [expired, { message: 'y' }],
      times: 1,
    },
    {
      case: 'a field may have run and returned null',
      data: { first: null, second: null },
      errors: [expired],
      times: 1,
    },
    { case: 'no field has run', data: { first: null, second: null }, errors: [expired, expired], times: 2 },
    { case: 'there is no data', data: null, errors: [expired], times: 2 },
    {
      case: 'a field of the result is refused',
      data: { first: { user: null } },
      errors: [{ ...expired, path: ['first', 'user'] }],
      times: 1,
    },
    {
      case: 'a field of the result is refused, which leaves no result',
      data: { first: null },
      errors: [{ ...expired, path: ['first', 'user', 'email'] }],
      times: 1,
    },
    {
      case: 'one field is refused, which leaves no data',
      data: null,
      errors: [{ ...expired, path: ['second'] }],
      times: 1,
    },
    { case: 'the only field is refused', data: { first: null }, errors: [{ ...expired, path: ['first'] }], times: 2 },
  ])('as a mutation of which $case is sent $times times', async ({ data, errors, times }) => {
    const { device, client } = await rejected();
    device.network['Own'] = json({ data, errors });
    await expect(client.request(MUTATION, {})).rejects.toMatchObject({ name: 'AuthRequestError' });
    expect(device.count('Own')).toBe(times);
  });

  const partial = { data: { first: 1, second: null }, errors: [expired] };
  test.each([
    { body: '{"query":"query { first second }"}', times: 2 },
    { body: '{"query":"{ first second }","variables":{"text":"a mutation"}}', times: 2 },
    { body: '{"documentId":"sha256:1","variables":{"query":"a"}}', times: 1 },
    { body: 'not JSON, but with a "query"', times: 1 },
  ])('as the body $body that has run in part is sent $times times', async ({ body, times }) => {
    const { device, client } = await rejected();
    device.network['*'] = json(partial);
    device.network['Refresh'] = 'up';
    await client.fetch(GATEWAY, { method: 'POST', body });
    expect(device.sent.filter((request) => request.body === body)).toHaveLength(times);
  });

  test.each([
    { errors: null, data: { status: 'UNAUTHENTICATED' } },
    { errors: { code: 'UNAUTHENTICATED' } },
    { errors: [null, { message: 'UNAUTHENTICATED' }] },
  ])('is not what a response like %j says', async (body) => {
    const { device, client } = await rejected();
    device.network['*'] = json(body);
    const response = await client.fetch(GATEWAY, { method: 'POST', body: '{"query":"{ status }"}' });
    expect(await response.json()).toEqual(body);
  });

  test('is not looked for in a stream', async () => {
    const { device, client } = await rejected();
    const lines = new ReadableStream({ start: (lines) => lines.enqueue(Buffer.from('{}\n')) });
    device.network['*'] = () => new Response(lines, { headers: { 'content-type': 'application/x-ndjson' } });
    const response = await client.fetch(GATEWAY);
    await response.body?.cancel();
  });

  test('as a partial query is repeated', async () => {
    const { device, client } = await rejected();
    device.network['Own'] = json({ data: { news: [], me: null }, errors: [expired] });
    await expect(client.request(QUERY, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(device.count('Own')).toBe(2);
  });

  test('because the session was revoked elsewhere ends the session', async () => {
    const device = new Device(app);
    const client = device.client();
    const { email, password } = await registerOn(client);
    const other = device.client({ name: 'other' });
    await other.login({ email, password });
    await other.revokeOtherSessions();
    await expect(client.me()).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    expect(client.state).toEqual({ status: 'signedOut', because: 'ended' });
  });
});

describe('signing out', () => {
  test('works without a network, and the service hears of it later', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const client = device.client({ storage });
    const { email, password } = await registerOn(client);
    device.network['*'] = 'down';
    await client.logout();
    expect(client.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(await client.getAccessToken()).toBeUndefined();
    expect(await device.client({ storage }).ready()).toEqual({ status: 'signedOut', because: 'never' });
    expect(device.count('Logout')).toBe(1);
    device.network['*'] = 'up';
    await until(() => device.count('Logout') === 2, 'the next attempt');
    await client.login({ email, password });
    expect(await client.sessions()).toHaveLength(1);
  });

  test('reaches the service after the next sign-in, if it could not before', async () => {
    const device = new Device(app);
    const client = device.client();
    const { email, password } = await registerOn(client);
    device.network['Logout'] = 'down';
    await client.logout();
    await client.login({ email, password });
    expect(await client.sessions()).toHaveLength(2);
    device.network['Logout'] = 'up';
    await until(async () => (await client.sessions()).length === 1, 'the end of the first session');
    expect(await client.getAccessToken({ fresh: true })).toBeDefined();
  });

  test('ends the session of an expired token too', async () => {
    const device = new Device(app);
    const client = device.client();
    const { email, password } = await registerOn(client);
    expire();
    await client.logout();
    expect(device.count('Refresh')).toBe(1);
    await client.login({ email, password });
    expect(await client.sessions()).toHaveLength(1);
  });

  test('wins against a refresh that is under way', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const client = device.client({ storage });
    await registerOn(client);
    const refreshed = client.getAccessToken({ fresh: true });
    await client.logout();
    expect(await refreshed).toBeUndefined();
    expect(client.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(await storage.get(`${device.name}.session`)).toBeUndefined();
  });

  test('while an earlier sign-out is being delivered reaches the service after it', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const [first, second] = [device.client({ storage }), device.client({ storage })];
    await registerOn(first);
    const { answer } = device.holdLogout();
    const earlier = first.logout();
    await until(() => device.count('Logout') === 1, 'the earlier sign-out');
    const { email, password } = await registerOn(second);
    await until(() => first.state.status === 'signedIn', 'the next user');
    const later = first.logout();
    await until(() => second.state.status === 'signedOut', 'the later sign-out');
    answer();
    await Promise.all([earlier, later]);
    await second.login({ email, password });
    expect(await second.sessions()).toHaveLength(1);
  });

  test('as soon as the state says that a user has signed in reaches the service, even if the storage is slow', async () => {
    const device = new Device(app);
    const entries = new Map<string, string>();
    const client = device.client({
      storage: {
        get: async (key) => (await setTimeout(5), entries.get(key)),
        set: async (key, value) => (await setTimeout(20), entries.set(key, value)),
        delete: async (key) => (await setTimeout(50), entries.delete(key)),
      },
    });
    await client.ready();
    let signedOut: Promise<void> | undefined;
    client.subscribe(() => void (signedOut ??= client.logout()));
    await registerOn(client);
    await signedOut;
    expect(device.count('Logout')).toBe(1);
  });

  test('is followed by another user without a trace of the first', async () => {
    const client = new Device(app).client();
    const gone: string[] = [];
    onSignedOut(client, () => gone.push(client.state.status));
    await registerOn(client);
    const first = await client.me();
    const { email } = await registerOn(client);
    expect(await client.me()).toMatchObject({ email });
    expect((await client.me()).id).not.toBe(first.id);
    await client.logout();
    expect(gone).toEqual(['signedIn', 'signedOut']);
  });
});

describe('the storage', () => {
  test('restores the session after a reload', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const { email } = await registerOn(device.client({ storage }));
    const reloaded = device.client({ storage });
    device.network['*'] = 'down';
    expect(await reloaded.ready()).toMatchObject({ status: 'signedIn', reachable: true });
    await expect(reloaded.me()).rejects.toThrow('unreachable');
    delete device.network['*'];
    const later = device.client({ storage });
    expect(await later.me()).toMatchObject({ email });
  });

  test('may be slow, and another tab may rotate, sign out or sign in meanwhile', async () => {
    const device = new Device(app);
    const entries = new Map<string, string>();
    const slow: TokenStorage = {
      get: async (key) => (await setTimeout(5), entries.get(key)),
      set: async (key, value) => (await setTimeout(5), entries.set(key, value)),
      delete: async (key) => (await setTimeout(5), entries.delete(key)),
    };
    const { email } = await registerOn(device.client({ storage: slow }));
    const tabs = Array.from({ length: 5 }, () => device.client({ storage: slow }));
    const tokens = await Promise.all(tabs.map((tab) => tab.getAccessToken()));
    expect(tokens).not.toContain(undefined);
    app.clock.advance(31);
    for (const tab of tabs) expect(await tab.me()).toMatchObject({ email });
    for (const tab of tabs) expect(await tab.getAccessToken({ fresh: true })).toBeDefined();
    const refreshing = tabs[1]?.getAccessToken({ fresh: true });
    await tabs[0]?.logout();
    expect(await refreshing).toBeUndefined();
    expect(tabs[1]?.state).toEqual({ status: 'signedOut', because: 'logout' });
    const next = await registerOn(tabs[0]!);
    await until(() => tabs[1]?.state.status === 'signedIn', 'the sign-in of the other tab');
    expect(await tabs[1]?.me()).toMatchObject({ email: next.email });
  });

  describe('that gets another session during a refresh', () => {
    const unavailable = (): Response => new Response(null, { status: 503 });

    /** A tab that refreshes for a request while the other one signs in. The response to the first refresh is as given. */
    async function signInMeanwhile(isSameUser: boolean, first?: () => Response) {
      const device = new Device(app);
      const storage: TokenStorage = new Map<string, string>();
      const [other, tab] = [device.client({ storage }), device.client({ storage })];
      const account = await registerOn(other);
      await until(() => tab.state.status === 'signedIn', 'the other tab');
      const answer = device.holdBack('Refresh');
      if (first) device.network['Refresh'] = async () => (await device.arrivals['Refresh']?.(), first());
      const asked = tab.me();
      await until(() => device.count('Refresh') === 1, 'the refresh');
      if (isSameUser) await other.login(account);
      else await registerOn(other);
      const { sessionId } = other.state as { sessionId: string };
      await until(() => (tab.state as { sessionId?: string }).sessionId === sessionId, 'the sign-in');
      return { device, tab, account, answer, asked };
    }

    test('gives a request its token', async () => {
      const { account, answer, asked } = await signInMeanwhile(true);
      answer();
      expect(await asked).toMatchObject({ email: account.email });
    });

    test('gives no request of the earlier user its token', async () => {
      const { answer, asked } = await signInMeanwhile(false);
      answer();
      await expect(asked).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    test('gives a request its token even if the refresh fails', async () => {
      const { account, answer, asked, device } = await signInMeanwhile(true, () => {
        device.network['Refresh'] = 'up';
        return unavailable();
      });
      answer();
      expect(await asked).toMatchObject({ email: account.email });
    });

    test('reports that the service is unavailable for it too', async () => {
      const { answer, asked, tab } = await signInMeanwhile(true, unavailable);
      answer();
      await expect(asked).rejects.toMatchObject({ status: 503 });
      expect(tab.state).toMatchObject({ status: 'signedIn', reachable: false });
    });
  });

  test('keeps the session that a page from the back/forward cache finds', async () => {
    const globals = globalThis as { addEventListener?: unknown };
    const comeBack: ((event: object) => void)[] = [];
    globals.addEventListener = (type: string, listener: () => void) => type === 'pageshow' && comeBack.push(listener);
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const tab = device.client({ storage });
    delete globals.addEventListener;
    await tab.ready();
    // With another name, so that the page gets no message, as in the cache.
    const others = new Map<string, string>();
    const { email } = await registerOn(device.client({ storage: others, name: 'other' }));
    await storage.set(`${device.name}.session`, others.get('other.session') ?? '');
    for (const listener of comeBack) listener({ persisted: true });
    await until(() => tab.state.status === 'signedIn', 'the session');
    expect(await tab.me()).toMatchObject({ email });
    expect(await device.client({ storage }).ready()).toMatchObject({ status: 'signedIn' });
  });

  test('that is slow holds nothing of a user who has signed out meanwhile', async () => {
    const device = new Device(app);
    const entries = new Map<string, string>();
    const slow: TokenStorage = {
      get: (key) => entries.get(key),
      set: async (key, value) => (await setTimeout(200), entries.set(key, value)),
      delete: async (key) => (await setTimeout(5), entries.delete(key)),
    };
    const [first, second] = [device.client({ storage: slow }), device.client({ storage: slow })];
    device.network['Logout'] = 'down';
    // A sign-out as soon as the state says that the user has signed in, and one in another tab during a refresh.
    const stop = first.subscribe(() => void first.logout());
    await registerOn(first);
    stop();
    expect(await device.client({ storage: slow }).ready()).toMatchObject({ status: 'signedOut' });
    await registerOn(first);
    await second.ready();
    await until(() => second.state.status === 'signedIn', 'the other tab');
    const refreshing = second.getAccessToken({ fresh: true });
    await until(() => device.count('Refresh') > 0, 'the refresh');
    await setTimeout(50);
    await first.logout();
    await refreshing;
    expect(await device.client({ storage: slow }).ready()).toMatchObject({ status: 'signedOut' });
  });

  test.each(['loads', 'has loaded'])(
    'that is read while another tab signs out signs nobody in, once the page %s',
    async (when) => {
      const device = new Device(app);
      const storage = new Map<string, string>();
      let read = (): void => undefined;
      let isReading = false;
      const slow: TokenStorage = {
        get: async (key) => {
          const value = storage.get(key);
          isReading = value !== undefined;
          if (isReading) await new Promise<void>((resolve) => (read = resolve));
          return value;
        },
        set: () => undefined,
        delete: () => undefined,
      };
      const other = device.client({ storage });
      if (when === 'loads') await registerOn(other);
      const tab = device.client({ storage: slow });
      if (when === 'has loaded') {
        await tab.ready();
        await registerOn(other);
      }
      await until(() => isReading, 'the tab to read');
      await other.logout();
      // As a rule, the tab hears of the sign-out before it has read the storage.
      await setTimeout(50);
      read();
      await setTimeout(50);
      await until(() => tab.state.status === 'signedOut', 'the sign-out');
    },
  );

  test.each([
    { what: 'another session', isEmpty: false },
    { what: 'nothing', isEmpty: true },
  ])('that holds $what after a refresh wins against the refresh', async ({ isEmpty }) => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const others: TokenStorage = new Map<string, string>();
    const key = `${device.name}.session`;
    const other = await registerOn(device.client({ storage: others }));
    const stored = (await others.get(key)) ?? '';
    const meddle: typeof fetch = async (input, init) => {
      const response = await device.fetch(input, init);
      if (device.sent.at(-1)?.operation === 'Refresh' && device.count('Refresh') === 1)
        await (isEmpty ? storage.delete(key) : storage.set(key, stored));
      return response;
    };
    const client = device.client({ storage, fetch: meddle });
    await registerOn(client);
    const token = await client.getAccessToken({ fresh: true });
    if (isEmpty) {
      expect({ token, state: client.state }).toEqual({
        token: undefined,
        state: { status: 'signedOut', because: 'logout' },
      });
      expect(await storage.get(key)).toBeUndefined();
    } else {
      expect(await client.me()).toMatchObject({ email: other.email });
      expect(await storage.get(key)).toContain((client.state as { userId: string }).userId);
    }
  });

  test('of a browser that refuses it is replaced by memory', async () => {
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    for (const storage of [{ getItem: refuse, setItem: refuse, removeItem: refuse }, refuse]) {
      const client = new Device(app).client({ storage: webStorage(storage) });
      await registerOn(client);
      expect(await client.getAccessToken({ fresh: true })).toBeDefined();
      await client.logout();
      expect(client.state).toMatchObject({ because: 'logout' });
    }
  });

  test('holds the device tokens of five addresses, by a hash of each, and they survive a sign-out', async () => {
    const device = new Device(app);
    const storage: TokenStorage = new Map<string, string>();
    const client = device.client({ storage });
    const accounts = [];
    for (let count = 0; count < 6; count += 1) accounts.push(await registerOn(client));
    await client.logout();
    const stored = (await storage.get(`${device.name}.devices`)) ?? '';
    // Each address, and the id of its user.
    expect(JSON.parse(stored)).toHaveLength(10);
    expect(stored).not.toContain('@');
    const last = accounts.at(-1)!;
    await client.login({ ...last, email: ` ${last.email.toUpperCase()}` });
    expect(device.sent.at(-1)?.body).toMatch(/"deviceToken":"\S+"/);
    await client.login(accounts[0]!);
    expect(device.sent.at(-1)?.body).not.toContain('"deviceToken":');
  });

  test('keeps the device token of an account whose address changes', async () => {
    const mailing = await createTestApp({ background: true });
    const client = new Device(mailing).client();
    const { password } = await registerOn(client);
    const newEmailAddress = newEmail();
    await client.changeEmail({ newEmail: newEmailAddress, currentPassword: password });
    const token = await mailing.mailer.token(newEmailAddress, 'change-email-confirm');
    expect(await client.confirmEmailChange({ token })).toMatchObject({ __typename: 'EmailChanged' });
    await client.logout();
    const devices = `select from auth_device d join auth_user u on u.id = d.user_id where u.email = $1`;
    await registerOn(client);
    expect(await client.login({ email: newEmailAddress, password })).toMatchObject({ __typename: 'LoginSuccess' });
    expect(await mailing.database.sql(devices, [newEmailAddress])).toHaveLength(1);
    expect(mailing.mailer.to(newEmailAddress, 'new-device')).toEqual([]);
  });

  test.each([
    ...['{"user":"x"}', '{"identity":{}}', '{"refreshToken":"x"}', '"abc"', 'null', '[]', '{'].map((text) => [
      'session',
      text,
    ]),
    ...['{}', 'true', '[1]', '"abc"', 'null', '1', '['].map((text) => ['devices', text]),
  ])('that holds something else as auth.%s, %s, is that of a new device', async (key, text) => {
    const device = new Device(app);
    const storage: TokenStorage = new Map([[`${device.name}.${key}`, text]]);
    const client = device.client({ storage });
    expect(await client.ready()).toEqual({ status: 'signedOut', because: 'never' });
    const account = await registerOn(client);
    await client.logout();
    expect(await client.login(account)).toMatchObject({ __typename: 'LoginSuccess' });
    expect(await device.client({ storage }).me()).toMatchObject({ email: account.email });
  });

  test('that fails makes every call fail, and nothing else', async () => {
    const client = new Device(app).client({
      storage: { get: () => Promise.reject(new Error('locked')), set: () => undefined, delete: () => undefined },
    });
    await expect(client.getAccessToken()).rejects.toThrow('locked');
    await expect(client.ready()).rejects.toThrow('locked');
    expect(client.state).toEqual({ status: 'unknown' });
  });
});

test('a client that is disposed of, even twice, does not try again by itself', async () => {
  const device = new Device(app);
  const client = device.client();
  await registerOn(client);
  expire();
  device.network['Refresh'] = 'down';
  client.dispose();
  client.dispose();
  await expect(client.getAccessToken()).rejects.toThrow('unreachable');
  await setTimeout(1300);
  expect(device.count('Refresh')).toBe(1);
});

test('the mode that the service requires is reported', async () => {
  const withCookie = await createTestApp({ refreshCookie: REFRESH_COOKIE });
  const device = new Device(withCookie);
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  device.sendsOrigin = true;
  await expect(device.client().register(input)).rejects.toThrow("Set mode: 'cookie'");
  await expect(
    new Device(app).client({ mode: 'cookie' }).login(await registerOn(new Device(app).client())),
  ).rejects.toThrow("Set mode: 'token'");
});
