import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuthRequestError, type AuthClient, type TokenStorage } from '@auth-subgraph/client';
import { REFRESH_COOKIE } from '../support/browser.js';
import { Device, GATEWAY, moveDeviceClock, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let app: TestApp;
let device: Device;
let storage: TokenStorage;
beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
});
beforeEach(() => {
  device = new Device(app);
  storage = new Map<string, string>();
});

function openTab(): AuthClient {
  return device.client({ mode: 'cookie', storage });
}

/** Tabs in which the same user is signed in. */
async function openTabs(count: number): Promise<AuthClient[]> {
  await registerOn(openTab());
  const tabs = Array.from({ length: count }, openTab);
  for (const tab of tabs) await tab.ready();
  device.sent.length = 0;
  return tabs;
}

function expire(): void {
  moveDeviceClock(900);
  app.clock.advance(900);
}

/** Takes a global of the browser away for one test, or replaces it. */
function without(owner: object, name: string, value?: unknown): void {
  const { [name]: property } = Object.getOwnPropertyDescriptors(owner);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  restore.push(() => (property ? Object.defineProperty(owner, name, property) : Reflect.deleteProperty(owner, name)));
}

/** Collects what the clients that are created from now on listen to. */
function listenersOf(event: string): Set<(event: object) => void> {
  const listeners = new Set<(event: object) => void>();
  without(globalThis, 'addEventListener', (type: string, listener: (event: object) => void) => {
    if (type === event) listeners.add(listener);
  });
  return listeners;
}

const refuse = (): never => {
  throw new DOMException('denied', 'SecurityError');
};
const restore: (() => unknown)[] = [];
afterEach(() => {
  for (const each of restore.splice(0)) each();
});

test('a page finds out who is signed in with one refresh, and keeps no token', async () => {
  const first = openTab();
  expect(first.state).toEqual({ status: 'unknown' });
  expect(await first.ready()).toEqual({ status: 'signedOut', because: 'never' });
  const { email } = await registerOn(first);
  const reloaded = openTab();
  expect(await reloaded.ready()).toMatchObject({ status: 'signedIn' });
  expect(await reloaded.me()).toMatchObject({ email });
  expect(device.count('Refresh')).toBe(2);
  expect(await storage.get(`${device.name}.session`)).toBeUndefined();
});

test('a page that opens without a network does not know, and finds out when there is one', async () => {
  await registerOn(openTab());
  device.network['Refresh'] = 'down';
  const tab = openTab();
  expect(await tab.ready()).toEqual({ status: 'unknown' });
  await expect(tab.getAccessToken()).rejects.toThrow('unreachable');
  expect(device.count('Refresh')).toBe(1);
  device.network['Refresh'] = 'up';
  await until(() => tab.state.status === 'signedIn', 'the next attempt');
});

test('tabs that open at once without a session ask once, and all know', async () => {
  const tabs = Array.from({ length: 5 }, openTab);
  await Promise.all(tabs.map((tab) => tab.ready()));
  for (const tab of tabs) expect(tab.state).toEqual({ status: 'signedOut', because: 'never' });
  expect(device.count('Refresh')).toBe(1);
});

test('a tab that opens while another one learns that the session has ended knows it too', async () => {
  const [old] = (await openTabs(1)) as [AuthClient];
  device.cookie = undefined;
  const opened = openTab();
  await Promise.all([old.getAccessToken({ fresh: true }), opened.ready()]);
  expect(old.state).toEqual({ status: 'signedOut', because: 'ended' });
  expect(opened.state).toEqual({ status: 'signedOut', because: 'ended' });
});

test('a service whose clock is set back, or another instance of it, keeps users signed in', async () => {
  const tabs = await openTabs(2);
  const before = await tabs[0]?.getAccessToken();
  app.clock.advance(-600);
  try {
    for (const tab of tabs) {
      expect(await tab.getAccessToken({ fresh: true })).not.toBe(before);
      expect(tab.state).toMatchObject({ status: 'signedIn', reachable: true });
    }
  } finally {
    app.clock.advance(600);
  }
});

describe('twenty tabs whose token has expired', () => {
  async function askAtOnce(tabs: readonly AuthClient[]): Promise<void> {
    const tokens = await Promise.all(tabs.map((tab) => tab.getAccessToken()));
    expect(new Set(tokens.map((token) => typeof token))).toEqual(new Set(['string']));
    for (const tab of tabs) expect(tab.state).toMatchObject({ status: 'signedIn', reachable: true });
  }

  test('refresh once', async () => {
    const tabs = await openTabs(20);
    expire();
    await askAtOnce(tabs);
    expect(device.count('Refresh')).toBe(1);
  });

  test.each([
    { missing: 'Web Locks', owner: () => navigator, name: 'locks', value: undefined },
    {
      missing: 'permission to use Web Locks',
      owner: () => navigator,
      name: 'locks',
      value: { request: () => Promise.resolve().then(refuse) },
    },
    { missing: 'BroadcastChannel', owner: () => globalThis, name: 'BroadcastChannel', value: undefined },
    {
      missing: 'permission to use BroadcastChannel',
      owner: () => globalThis,
      name: 'BroadcastChannel',
      value: new Proxy(BroadcastChannel, { construct: refuse }),
    },
  ])('all stay signed in without $missing', async ({ owner, name, value }) => {
    without(owner(), name, value);
    const tabs = await openTabs(20);
    expire();
    await askAtOnce(tabs);
    expect(device.count('Refresh')).toBeLessThanOrEqual(20);
  });

  test('refresh three times at most if the tab that refreshes is frozen', async () => {
    const tabs = await openTabs(20);
    expire();
    const thaw = device.freezeRefresh();
    await askAtOnce(tabs);
    expect(device.count('Refresh')).toBeLessThanOrEqual(2);
    await thaw();
  });

  test('ask an unreachable service once, and all know', async () => {
    const tabs = await openTabs(20);
    expire();
    device.network['Refresh'] = 'down';
    const outcomes = await Promise.all(tabs.map((tab) => tab.getAccessToken().catch(() => 'failed')));
    expect(new Set(outcomes)).toEqual(new Set(['failed']));
    expect(device.count('Refresh')).toBe(1);
    for (const tab of tabs) expect(tab.state).toMatchObject({ status: 'signedIn', reachable: false });
    device.network['Refresh'] = 'up';
    await until(() => tabs.every(({ state }) => state.status === 'signedIn' && state.reachable), 'the network');
    expect(device.count('Refresh')).toBeLessThanOrEqual(6);
  });
});

/** Sends a token to all tabs, as a tab does whose refresh took long. */
async function postToTabs(text: string | undefined): Promise<void> {
  const channel = new BroadcastChannel(device.channel);
  channel.postMessage({ kind: 'token', text, arrivedMs: Date.now() });
  channel.close();
  await setTimeout(50);
}

test('a tab that thaws with an old token does not give it to the others', async () => {
  const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
  const old = await first.getAccessToken();
  app.clock.advance(10);
  const fresh = await second.getAccessToken({ fresh: true });
  await until(async () => (await first.getAccessToken()) === fresh, 'the token of the other tab');
  await postToTabs(old);
  expect(await second.getAccessToken()).toBe(fresh);
});

test('a tab that waits for another one refreshes by itself if it receives an old token', async () => {
  const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
  const old = await first.getAccessToken();
  app.clock.advance(10);
  const fresh = await second.getAccessToken({ fresh: true });
  const thaw = device.freezeRefresh();
  app.clock.advance(10);
  const answer = second.getAccessToken({ fresh: true });
  await postToTabs(old);
  expect([old, fresh]).not.toContain(await answer);
  await thaw();
});

test.each([null, undefined, 'logout', 42, [], { type: 'LOGOUT' }, { kind: 'token' }, { kind: 'token', text: 'x' }])(
  'a tab ignores the message %j, which is not from a client',
  async (message) => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    const { state } = tab;
    const channel = new BroadcastChannel(device.channel);
    channel.postMessage(message);
    await setTimeout(50);
    channel.close();
    expect(tab.state).toBe(state);
    expect(await tab.getAccessToken({ fresh: true })).toBeDefined();
  },
);

test('a channel that another library has named like the client gets no token, and signs nobody out', async () => {
  const [tab] = (await openTabs(1)) as [AuthClient];
  const channel = new BroadcastChannel(device.name);
  const heard: unknown[] = [];
  channel.onmessage = ({ data }) => heard.push(data);
  channel.postMessage({ kind: 'gone', because: 'logout' });
  await tab.getAccessToken({ fresh: true });
  await setTimeout(50);
  channel.close();
  expect(heard).toEqual([]);
  expect(tab.state.status).toBe('signedIn');
});

describe('a sign-out', () => {
  test('in one tab signs out all, and a later reload finds nobody', async () => {
    const tabs = await openTabs(3);
    await tabs[0]?.logout();
    await until(() => tabs.every(({ state }) => state.status === 'signedOut'), 'the other tabs');
    expect(tabs[2]?.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(device.cookie).toBeUndefined();
    expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'never' });
  });

  test('without a network holds after a reload, and reaches the service later', async () => {
    const tabs = await openTabs(2);
    const cookie = device.cookie;
    device.network['*'] = 'down';
    await tabs[0]?.logout();
    await until(() => tabs[1]?.state.status === 'signedOut', 'the other tab');
    const reloaded = openTab();
    expect(await reloaded.ready()).toEqual({ status: 'signedOut', because: 'logout' });
    expect(await reloaded.getAccessToken()).toBeUndefined();
    for (const tab of tabs) tab.dispose();
    device.network['*'] = 'up';
    await until(() => device.cookie === undefined, 'the delivery after the reload');
    device.cookie = cookie;
    expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'never' });
  });

  test('during a refresh holds after a reload', async () => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    let answer: ((response: Response) => void) | undefined;
    device.network['Refresh'] = () => new Promise((resolve) => (answer = resolve));
    const refreshed = tab.getAccessToken({ fresh: true });
    await until(() => answer, 'the refresh');
    device.network['Refresh'] = 'down';
    const signedOut = tab.logout();
    await until(() => tab.state.status === 'signedOut', 'the sign-out');
    expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'logout' });
    answer?.(new Response(null, { status: 500 }));
    await signedOut;
    expect(await refreshed).toBeUndefined();
  });

  test('is known to a tab without BroadcastChannel before it refreshes', async () => {
    without(globalThis, 'BroadcastChannel');
    const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
    device.network['*'] = 'down';
    await first.logout();
    device.network['*'] = 'up';
    expect(await second.getAccessToken({ fresh: true })).toBeUndefined();
    expect(second.state).toEqual({ status: 'signedOut', because: 'logout' });
  });

  test('wins against a refresh of another tab', async () => {
    const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
    const refreshed = second.getAccessToken({ fresh: true }).catch(() => undefined);
    await first.logout();
    await refreshed;
    await until(() => second.state.status === 'signedOut', 'the other tab');
    await setTimeout(50);
    expect(first.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(second.state).toEqual({ status: 'signedOut', because: 'logout' });
  });

  test('is not undone by a tab that thaws with a token of that session', async () => {
    const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
    const old = await second.getAccessToken();
    await first.logout();
    await until(() => second.state.status === 'signedOut', 'the other tab');
    await postToTabs(old);
    expect(first.state).toEqual({ status: 'signedOut', because: 'logout' });
    expect(second.state).toEqual({ status: 'signedOut', because: 'logout' });
  });

  test('that begins while an earlier one is being delivered is delivered after it', async () => {
    const [first, second] = (await openTabs(2)) as [AuthClient, AuthClient];
    const { answer } = device.holdLogout();
    const earlier = first.logout();
    await until(() => device.count('Logout') === 1, 'the earlier sign-out');
    await registerOn(second);
    await until(() => first.state.status === 'signedIn', 'the next user');
    const later = first.logout();
    await until(() => second.state.status === 'signedOut', 'the later sign-out');
    answer();
    await Promise.all([earlier, later]);
    expect(device.cookie).toBeUndefined();
    expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'never' });
  });

  test('that has not reached the service does not end the next session', async () => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    device.network['*'] = 'down';
    await tab.logout();
    device.network['*'] = 'up';
    const { email } = await registerOn(tab);
    expect(device.count('Logout')).toBe(2);
    await setTimeout(1500);
    expect(device.count('Logout')).toBe(2);
    expect(await tab.getAccessToken({ fresh: true })).toBeDefined();
    expect(await openTab().me()).toMatchObject({ email });
  });
});

test.each(['{}', '[]', 'true', '2', 'null', '{'])('a page that finds %s as a sign-out ignores it', async (text) => {
  const { email } = await registerOn(openTab());
  await storage.set(`${device.name}.signed-out`, text);
  const reloaded = openTab();
  expect(await reloaded.me()).toMatchObject({ email });
  await reloaded.logout();
  expect(device.cookie).toBeUndefined();
});

test('a sign-out that has not reached the service does not end a session of another origin', async () => {
  const [tab] = (await openTabs(1)) as [AuthClient];
  device.network['*'] = 'down';
  await tab.logout();
  tab.dispose();
  device.network['*'] = 'up';
  // Pages of another origin share the cookie, but neither the storage nor the channel.
  const hosted = device.client({ mode: 'cookie', name: 'hosted', storage: new Map<string, string>() });
  const { email } = await registerOn(hosted);
  const back = openTab();
  await back.ready();
  await until(() => back.state.status === 'signedIn', 'the session of the other origin');
  expect(await back.me()).toMatchObject({ email });
  expect(await hosted.getAccessToken({ fresh: true })).toBeDefined();
  expect(device.count('Logout')).toBe(1);
});

describe('a user who signs in on pages of another origin, which share the cookie', () => {
  /** Pages that share neither the storage nor the channel. */
  const hosted = (): AuthClient =>
    device.client({ mode: 'cookie', name: 'hosted', storage: new Map<string, string>() });

  test.each([
    ['whose token is rejected', false],
    ['whose token has expired', true],
  ])('gets nothing of a request of the previous user %s', async (_name, hasExpired) => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    const { userId } = tab.state as { userId: string };
    await tab.getAccessToken({ fresh: true });
    if (hasExpired) expire();
    else await app.auth.services.operatorSessions.revokeOfUser(userId);
    const { email } = await registerOn(hosted());
    const query = 'mutation Rename { updateProfile(input: { displayName: "the previous user" }) { __typename } }';
    const headers = { 'content-type': 'application/json' };
    await tab.fetch(GATEWAY, { method: 'POST', headers, body: JSON.stringify({ query }) }).then(
      async (response) => expect(await response.text()).toContain('UNAUTHENTICATED'),
      (error: unknown) => expect(error).toMatchObject({ code: 'UNAUTHENTICATED' }),
    );
    expect(await tab.me()).toMatchObject({ email, displayName: null });
  });

  test('stays signed in when a tab that is still open signs out the previous user', async () => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    device.network['*'] = 'down';
    await tab.logout();
    device.network['*'] = 'up';
    const other = hosted();
    await registerOn(other);
    await until(() => device.count('Logout') === 2, 'the next attempt');
    expect(await other.getAccessToken({ fresh: true })).toBeDefined();
  });

  test('is shown by a page from the back/forward cache, and a user who has signed out there is not', async () => {
    const listeners = listenersOf('pageshow');
    const comeBack = (): void => {
      for (const listener of listeners) listener({ persisted: true });
    };
    const [tab] = (await openTabs(1)) as [AuthClient];
    const other = hosted();
    await other.ready();
    await other.logout();
    comeBack();
    await until(() => tab.state.status === 'signedOut', 'the sign-out');
    const { email } = await registerOn(other);
    comeBack();
    await until(() => tab.state.status === 'signedIn', 'the sign-in');
    expect(await tab.me()).toMatchObject({ email });
  });
});

test('a tab with an earlier sign-out to deliver does not cancel that of another tab', async () => {
  const tryAgain = listenersOf('online');
  const first = openTab();
  await registerOn(first);
  const online = [...tryAgain];
  device.network['Logout'] = () => Response.json({}, { status: 503, headers: { 'retry-after': '3600' } });
  await first.logout();
  const second = openTab();
  await registerOn(second);
  await second.logout();
  const mark = (): unknown => storage.get(`${device.name}.signed-out`);
  const marked = await mark();
  const sent = device.count('Logout');
  for (const listener of online) listener({});
  await until(() => device.count('Logout') > sent, 'the next attempt of the first tab');
  await setTimeout(100);
  expect(await mark()).toBe(marked);
  device.network['Logout'] = 'up';
  for (const listener of online) listener({});
  await until(async () => (await mark()) === undefined, 'the delivery');
  expect(await openTab().ready()).toEqual({ status: 'signedOut', because: 'never' });
});

describe('a refresh that is asked for during a sign-in', () => {
  /** Holds back the response to the sign-in until the returned function is called. */
  async function signInSlowly(client: AuthClient): Promise<{ answer: () => void; signedIn: Promise<unknown> }> {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    device.network['Register'] = async () => {
      device.network['Register'] = 'up';
      const response = await device.fetch(GATEWAY, { method: 'POST', credentials: 'include', ...lastRequest() });
      await held;
      return response;
    };
    const signedIn = registerOn(client);
    await until(() => device.count('Register') === 2, 'the sign-in');
    return { answer, signedIn };
  }
  const lastRequest = (): RequestInit => ({
    body: device.sent.at(-1)?.body ?? '',
    headers: { 'content-type': 'application/json' },
  });

  test.each([
    { place: 'the same tab', asks: 0, seconds: 0.2 },
    { place: 'another tab', asks: 1, seconds: 0.2 },
    { place: 'another tab', asks: 1, seconds: 9.5 },
  ] as const)('in $place waits for a sign-in of $seconds seconds', async ({ asks, seconds }) => {
    const tabs = (await openTabs(2)) as [AuthClient, AuthClient];
    const { answer, signedIn } = await signInSlowly(tabs[0]);
    const refreshed = tabs[asks].getAccessToken({ fresh: true });
    await setTimeout(1000 * seconds);
    expect(device.count('Refresh')).toBe(0);
    answer();
    await signedIn;
    await refreshed;
    const { userId } = tabs[0].state as { userId: string };
    await until(
      () => tabs.every(({ state }) => state.status === 'signedIn' && state.userId === userId),
      'the other tab',
    );
    expect(await openTab().ready()).toMatchObject({ userId });
  });
});

describe('a sign-in during a refresh', () => {
  test.each([
    ['of a session in the same tab', true, 0],
    ['of a session in another tab', true, 1],
    ['that finds nobody signed in, in the same tab', false, 0],
    ['that finds nobody signed in, in another tab', false, 1],
  ] as const)('%s waits for it, and its cookie stays', async (_name, isSignedIn, signsIn) => {
    const tabs = isSignedIn ? await openTabs(2) : [openTab(), openTab()];
    const answer = device.holdBack('Refresh');
    const refreshed = tabs[0]!.getAccessToken({ fresh: true });
    await until(() => device.count('Refresh') === 1, 'the refresh');
    const signedIn = registerOn(tabs[signsIn]!);
    await setTimeout(200);
    expect(device.count('Register')).toBe(0);
    answer();
    const [{ email }] = await Promise.all([signedIn, refreshed]);
    expect(await openTab().me()).toMatchObject({ email });
    expect(await tabs[signsIn]?.me()).toMatchObject({ email });
  });

  test('in a tab that is frozen does not wait for ever', async () => {
    const [tab] = (await openTabs(1)) as [AuthClient];
    const thaw = device.freezeRefresh();
    const { email } = await registerOn(tab);
    expect(await openTab().me()).toMatchObject({ email });
    await thaw();
  });
});

test.each([
  ['the same tab', 0],
  ['another tab', 1],
] as const)('a sign-in that gets no response does not hold up another one in %s', async (_place, signsIn) => {
  const tabs = [openTab(), openTab()] as const;
  await Promise.all(tabs.map((tab) => tab.ready()));
  let answer = (): void => undefined;
  device.network['Register'] = () => {
    device.network['Register'] = 'up';
    return new Promise((resolve) => (answer = () => resolve(new Response())));
  };
  const unanswered = registerOn(tabs[0]).catch((error: unknown) => error);
  await until(() => device.count('Register') === 1, 'the first sign-in');
  const client = tabs[signsIn];
  const { email } = await registerOn(client);
  expect(await client.me()).toMatchObject({ email });
  answer();
  expect(await unanswered).toBeInstanceOf(AuthRequestError);
  expect(client.state.status).toBe('signedIn');
  expect(await client.getAccessToken({ fresh: true })).toBeDefined();
});

test('a stolen token that is replayed ends the session in all tabs', async () => {
  const tabs = await openTabs(3);
  const thief = new Device(app);
  thief.cookie = device.cookie;
  await thief.client({ mode: 'cookie', name: 'thief', storage: new Map<string, string>() }).ready();
  app.clock.advance(31);
  expect(await tabs[0]?.getAccessToken({ fresh: true })).toBeUndefined();
  await until(() => tabs.every(({ state }) => state.status === 'signedOut'), 'the other tabs');
  for (const tab of tabs) expect(tab.state).toEqual({ status: 'signedOut', because: 'ended' });
});

test('a sign-in of another user in one tab replaces the user in all', async () => {
  const tabs = await openTabs(3);
  const { email } = await registerOn(tabs[0]!);
  const id = (tabs[0]?.state as { userId: string }).userId;
  await until(() => tabs.every(({ state }) => state.status === 'signedIn' && state.userId === id), 'the other tabs');
  expect(await tabs[2]?.me()).toMatchObject({ email });
});
