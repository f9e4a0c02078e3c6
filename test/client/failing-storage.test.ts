import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuthClient, TokenStorage } from '@auth-subgraph/client';
import { REFRESH_COOKIE } from '../support/browser.js';
import { Device, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

type Method = keyof TokenStorage;

let app: TestApp;
let device: Device;
let entries: Map<string, string>;
/** The methods of the storage that fail. */
let failing: Set<Method>;
beforeAll(async () => {
  app = await createTestApp({ refreshReuseGraceSeconds: 30 });
});
beforeEach(() => {
  device = new Device(app);
  entries = new Map();
  failing = new Set();
});

function works(method: Method): void {
  if (failing.has(method)) throw new Error(`${method} failed`);
}

const storage: TokenStorage = {
  get: async (key) => (works('get'), entries.get(key)),
  set: async (key, value) => (works('set'), entries.set(key, value)),
  delete: async (key) => (works('delete'), entries.delete(key)),
};
const open = (): AuthClient => device.client({ storage });
const stored = (): string | undefined => entries.get(`${device.name}.session`);

/** Refreshes as soon as the service takes an earlier refresh token for a stolen one. */
async function refreshLater(client: AuthClient): Promise<void> {
  app.clock.advance(31);
  expect(await client.getAccessToken({ fresh: true })).toBeDefined();
}

describe('a sign-out whose storage fails', () => {
  test('to remove the token reaches the service, is reported, and can be repeated', async () => {
    const client = open();
    const { email, password } = await registerOn(client);
    failing.add('delete');
    for (let count = 0; count < 2; count += 1) {
      await expect(client.logout()).rejects.toThrow('delete failed');
      expect(client.state).toEqual({ status: 'signedOut', because: 'logout' });
      expect(stored()).toBeDefined();
    }
    expect(device.count('Logout')).toBe(1);
    failing.clear();
    await client.logout();
    expect(stored()).toBeUndefined();
    expect(await open().ready()).toEqual({ status: 'signedOut', because: 'never' });
    await client.login({ email, password });
    expect(await client.sessions()).toHaveLength(1);
  });

  test('to read the token reaches the service, and removes it', async () => {
    const client = open();
    const { email, password } = await registerOn(client);
    failing.add('get');
    await client.logout();
    failing.clear();
    expect(stored()).toBeUndefined();
    await client.login({ email, password });
    expect(await client.sessions()).toHaveLength(1);
  });

  test('from the start is an end of the session for the user and the service', async () => {
    failing.add('get');
    const client = open();
    await registerOn(client);
    await client.logout();
    expect(client.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(client.accessToken).toBeUndefined();
    expect(device.count('Logout')).toBe(1);
  });

  test('to keep it in cookie mode reaches the service', async () => {
    const withCookie = new Device(await createTestApp({ refreshCookie: REFRESH_COOKIE }));
    const client = withCookie.client({ mode: 'cookie', storage });
    await registerOn(client);
    failing.add('set').add('delete');
    await client.logout().catch(() => undefined);
    expect(withCookie.cookie).toBeUndefined();
  });
});

test('a sign-in that the storage does not keep lasts until a reload, or until the storage works', async () => {
  failing.add('set');
  const client = open();
  await registerOn(client);
  expect(client.state.status).toBe('signedIn');
  await refreshLater(client);
  expect(await open().ready()).toMatchObject({ status: 'signedOut' });
  failing.clear();
  await refreshLater(client);
  expect(await open().ready()).toMatchObject({ status: 'signedIn' });
  await refreshLater(client);
});

test('a sign-in that the storage does not keep leaves nothing of the earlier user', async () => {
  const client = open();
  await registerOn(client);
  failing.add('set');
  await registerOn(client);
  expect(await open().ready()).toMatchObject({ status: 'signedOut' });
  expect(await client.getAccessToken({ fresh: true })).toBeDefined();
});

test('a storage that cannot be read after a sign-in leaves the user signed in', async () => {
  const client = open();
  await client.ready();
  device.arrivals['Register'] = () => failing.add('get');
  await registerOn(client);
  failing.clear();
  await refreshLater(client);
});

test('a device token that cannot be read is left out of a sign-in, and replaced', async () => {
  const unreadable = new Set([`${device.name}.devices`]);
  const client = device.client({
    storage: {
      get: (key) => (unreadable.has(key) ? Promise.reject(new Error('not decrypted')) : storage.get(key)),
      set: (key, value) => (unreadable.delete(key), storage.set(key, value)),
      delete: (key) => storage.delete(key),
    },
  });
  const account = await registerOn(client);
  unreadable.add(`${device.name}.devices`);
  await client.logout();
  expect(await client.login(account)).toMatchObject({ __typename: 'LoginSuccess' });
  expect(device.sent.at(-1)?.body).not.toContain('"deviceToken":');
  await client.logout();
  expect(await client.login(account)).toMatchObject({ __typename: 'LoginSuccess' });
  expect(device.sent.at(-1)?.body).toMatch(/"deviceToken":"\S+"/);
});

describe('a refresh', () => {
  test('whose token the storage does not keep gives the token, and the next one continues with it', async () => {
    const client = open();
    await registerOn(client);
    const before = stored();
    failing.add('set');
    for (let count = 0; count < 3; count += 1) await refreshLater(client);
    expect(client.state).toMatchObject({ status: 'signedIn', reachable: true });
    expect(stored()).toBe(before);
    failing.clear();
    await refreshLater(client);
    await refreshLater(open());
  });

  test('after which the storage cannot be read gives the token, and the next one continues with it', async () => {
    const client = open();
    await registerOn(client);
    device.arrivals['Refresh'] = () => failing.add('get');
    expect(await client.getAccessToken({ fresh: true })).toBeDefined();
    failing.clear();
    delete device.arrivals['Refresh'];
    await refreshLater(client);
  });

  test('continues with what another tab has stored since the storage failed', async () => {
    const [first, second] = [open(), open()];
    await registerOn(first);
    failing.add('set');
    await first.getAccessToken({ fresh: true });
    failing.clear();
    await second.getAccessToken({ fresh: true });
    await refreshLater(second);
    await refreshLater(first);
    await refreshLater(second);
  });

  test('that finds the session ended signs out, even if the storage does not remove the token', async () => {
    const client = open();
    await registerOn(client);
    const { userId } = client.state as { userId: string };
    await app.auth.services.operatorSessions.revokeOfUser(userId);
    failing.add('delete');
    expect(await client.getAccessToken({ fresh: true })).toBeUndefined();
    expect(client.state).toEqual({ status: 'signedOut', because: 'ended' });
  });
});
