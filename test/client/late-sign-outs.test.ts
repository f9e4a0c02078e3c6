import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuthClient, TokenStorage } from '@auth-subgraph/client';
import { REFRESH_COOKIE } from '../support/browser.js';
import { Device, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const globals = globalThis as { addEventListener?: unknown };
let app: TestApp;
let device: Device;
let storage: TokenStorage;
let online: (() => void)[];
beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
});
beforeEach(() => {
  device = new Device(app);
  storage = new Map<string, string>();
  online = [];
  globals.addEventListener = (type: string, listener: () => void) => type === 'online' && online.push(listener);
});
afterEach(() => {
  delete globals.addEventListener;
});

function openTab(): AuthClient {
  return device.client({ mode: 'cookie', storage });
}

/** A tab in which a user has signed out while the service was unreachable, and another tab. */
async function signOutOffline(): Promise<[AuthClient, AuthClient]> {
  const [tab, other] = [openTab(), openTab()];
  await registerOn(tab);
  await until(() => other.state.status === 'signedIn', 'the other tab');
  device.network['*'] = 'down';
  device.network['Register'] = device.network['Login'] = 'up';
  await tab.logout();
  await until(() => other.state.status === 'signedOut', 'the other tab');
  return [tab, other];
}

interface SlowSignIn {
  readonly answer: () => void;
  readonly signedIn: ReturnType<typeof registerOn>;
}

/** Has sent a sign-in, whose response arrives once it is told to. */
async function signInSlowly(client: AuthClient): Promise<SlowSignIn> {
  const before = device.count('Register');
  const answer = device.holdBack('Register');
  const signedIn = registerOn(client);
  await until(() => device.count('Register') > before, 'the sign-in');
  return { answer, signedIn };
}

function reload(tab: AuthClient): AuthClient {
  tab.dispose();
  return openTab();
}

/** Brings the network back, although the responses to some operations take long. */
function returnNetwork(): void {
  device.network['*'] = 'up';
  for (const listener of online) listener();
}

async function expectSignedIn(client: AuthClient, email: string): Promise<void> {
  expect(await client.getAccessToken({ fresh: true })).toBeDefined();
  expect(await client.me()).toMatchObject({ email });
  expect(await openTab().me()).toMatchObject({ email });
}

describe('a sign-out that the service does not know', () => {
  test.each([
    { where: 'in the same tab', logout: 'up' },
    { where: 'after a reload', logout: 'up' },
    { where: 'after a reload', logout: 'down' },
    { where: 'in another tab', logout: 'up' },
    { where: 'in another tab', logout: 'down' },
  ] as const)(
    'is not delivered during a sign-in $where, with the network $logout for it',
    async ({ where, logout }) => {
      const [tab, other] = await signOutOffline();
      const client = where === 'after a reload' ? reload(tab) : where === 'in another tab' ? other : tab;
      await client.ready();
      const arrivals = ['Refresh', 'Logout'].map((operation) => device.holdBack(operation));
      const { answer, signedIn } = await signInSlowly(client);
      device.network['Logout'] = logout;
      returnNetwork();
      await setTimeout(200);
      answer();
      const { email } = await signedIn;
      for (const arrive of arrivals) arrive();
      await setTimeout(200);
      await expectSignedIn(client, email);
    },
  );

  test('is not delivered by a sign-in that begins during another one', async () => {
    const [tab] = await signOutOffline();
    const { answer, signedIn } = await signInSlowly(tab);
    device.network['*'] = 'up';
    const arrive = device.holdBack('Logout');
    const refused = tab.login({ email: 'nobody@example.com', password: 'wrong' });
    await setTimeout(200);
    answer();
    const { email } = await signedIn;
    arrive();
    expect(await refused).toMatchObject({ __typename: 'InvalidCredentialsError' });
    await expectSignedIn(tab, email);
  });

  test('is delivered after a sign-in that is refused', async () => {
    const [tab] = await signOutOffline();
    const answer = device.holdBack('Login');
    const refused = tab.login({ email: 'nobody@example.com', password: 'wrong' });
    await until(() => device.count('Login') > 0, 'the sign-in');
    const sent = device.count('Logout');
    returnNetwork();
    await setTimeout(200);
    expect(device.count('Logout')).toBe(sent);
    answer();
    await refused;
    await until(() => device.cookie === undefined, 'the delivery');
    expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'never' });
  });
});

test('a sign-in waits for a sign-out of another tab that is under way', async () => {
  const [tab, other] = [openTab(), openTab()];
  await registerOn(tab);
  await until(() => other.state.status === 'signedIn', 'the other tab');
  const arrive = device.holdBack('Logout');
  const signedOut = tab.logout();
  await until(() => device.count('Logout') === 1 && other.state.status === 'signedOut', 'the sign-out');
  const signedIn = registerOn(other);
  await setTimeout(200);
  expect(device.count('Register')).toBe(1);
  arrive();
  await signedOut;
  await expectSignedIn(other, (await signedIn).email);
});

test('a sign-out during a sign-in leaves the next session alone', async () => {
  const tab = openTab();
  await registerOn(tab);
  const { answer, signedIn } = await signInSlowly(tab);
  const arrive = device.holdBack('Logout');
  const signedOut = tab.logout();
  await setTimeout(200);
  answer();
  const { email } = await signedIn;
  arrive();
  await signedOut;
  await expectSignedIn(tab, email);
});
