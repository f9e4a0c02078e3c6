import { expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** Sends a mutation as a browser does, and answers the cookies that it is to keep. */
async function send(
  app: TestApp,
  field: 'login' | 'register',
  input: object,
  cookie?: string,
): Promise<{ outcome: string; cookies: { name: string; value: string; httpOnly?: boolean }[]; header: unknown }> {
  const type = field === 'login' ? 'LoginInput' : 'RegisterInput';
  const response = await app.server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
    payload: { query: `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`, variables: { input } },
  });
  const { data } = response.json<{ data: Record<string, { __typename: string }> }>();
  return { outcome: data[field]?.__typename ?? '', cookies: response.cookies, header: response.headers['set-cookie'] };
}

test('a browser with a device cookie is not locked by wrong passwords from other devices', async () => {
  const app = await createTestApp({ lockout: { maxAttempts: 2, deviceCookies: true } });
  const right = { email: newEmail(), password: DEFAULT_PASSWORD };
  const { cookies, header } = await send(app, 'register', right);
  expect(header).toMatch(/^__Host-auth-device=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const cookie = `theme=dark; ${cookies.map(({ name, value }) => `${name}=${value}`).join()}`;
  for (let n = 0; n < 3; n += 1) await send(app, 'login', { ...right, password: 'a guess' });
  expect((await send(app, 'login', right)).outcome).toBe('AccountLockedError');
  const known = await send(app, 'login', right, cookie);
  expect(known.outcome).toBe('LoginSuccess');
  expect(known.header).toBeUndefined();
  expect((await send(app, 'login', { ...right, deviceToken: null }, cookie)).header).toBeUndefined();
});

test('without the option, no cookie is set or read', async () => {
  const app = await createTestApp({ lockout: { maxAttempts: 2 } });
  const { email, password } = await app.register();
  const login = await app.mutate('login', { email, password });
  const cookie = `__Host-auth-device=${login.deviceToken ?? ''}`;
  for (let n = 0; n < 3; n += 1) await app.mutate('login', { email, password: 'a guess' });
  const { outcome, header } = await send(app, 'login', { email, password }, cookie);
  expect(outcome).toBe('AccountLockedError');
  expect(header).toBeUndefined();
});
