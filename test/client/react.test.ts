import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { notifyManager, onlineManager, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { Window } from 'happy-dom';
import { act, createElement, memo, StrictMode, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { AuthClient, TypedDocument } from '@auth-subgraph/client';
import * as hooks from '@auth-subgraph/client/react';
import {
  AuthProvider,
  createUseMe,
  useAuth,
  useLogin,
  useLogout,
  useMe,
  useSessions,
} from '@auth-subgraph/client/react';
import { REFRESH_COOKIE } from '../support/browser.js';
import { Device, registerOn } from '../support/device.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

let app: TestApp;
let device: Device;
let auth: AuthClient;
let queries: QueryClient;
let root: Root;
const window = new Window();
const globals = globalThis as Record<string, unknown>;

beforeAll(async () => {
  app = await createTestApp({ refreshCookie: REFRESH_COOKIE });
  globals['IS_REACT_ACT_ENVIRONMENT'] = true;
  // Outside act, a notification that is late would print a warning.
  notifyManager.setNotifyFunction((notify) => act(notify));
  globals['window'] = window;
});
afterAll(async () => {
  delete globals['window'];
  await window.happyDOM.close();
});
beforeEach(() => {
  device = new Device(app);
  auth = device.client({ mode: 'cookie' });
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  root = createRoot(window.document.createElement('div'));
});
afterEach(() => {
  act(() => root.unmount());
  queries.clear();
});

const tree = (component: () => ReactNode): ReactNode =>
  createElement(
    StrictMode,
    null,
    createElement(
      QueryClientProvider,
      { client: queries },
      createElement(AuthProvider, { client: auth }, createElement(component)),
    ),
  );

/** Mounts a component that shows what a hook returns, and waits for what is expected. */
async function mount<Result>(
  useHook: () => Result,
): Promise<{ latest: Result; shows(what: (result: Result) => boolean): Promise<unknown> }> {
  const shown = { latest: undefined as Result };
  await act(async () => root.render(tree(() => ((shown.latest = useHook()), null))));
  return Object.assign(shown, { shows: (what: (result: Result) => boolean) => waitFor(() => what(shown.latest)) });
}

const waitFor = (isShown: () => boolean): Promise<unknown> =>
  until(async () => {
    await act(() => setTimeout(5));
    return isShown();
  }, 'the component');

describe('in Strict Mode', () => {
  test('a page asks at most once who is signed in, and shows the user', async () => {
    const { email } = await registerOn(device.client({ mode: 'cookie' }));
    const page = await mount(() => ({ state: useAuth(), me: useMe(), sessions: useSessions() }));
    await page.shows(({ me, sessions }) => me.data?.email === email && sessions.data?.length === 1);
    expect(page.latest.state).toMatchObject({ status: 'signedIn' });
    expect(device.count('Me')).toBe(1);
    // None if the token of the tab that registered has arrived before.
    expect(device.count('Refresh')).toBeLessThanOrEqual(1);
  });

  test('a sign-in resolves to the union, and keeps neither password nor tokens', async () => {
    const { email, password } = await registerOn(device.client({ mode: 'cookie', name: 'other' }));
    device.cookie = undefined;
    const page = await mount(() => ({ login: useLogin(), me: useMe(), logout: useLogout() }));
    await act(() => page.latest.login.mutateAsync({ email, password: 'wrong' }));
    await page.shows(({ login }) => login.data?.__typename === 'InvalidCredentialsError');
    await act(() => page.latest.login.mutateAsync({ email, password }));
    await page.shows(({ me }) => me.data?.email === email);
    expect(JSON.stringify(page.latest.login.data)).not.toMatch(/eyJ/);
    await act(() => page.latest.logout.mutateAsync());
    await page.shows(({ me }) => me.data === undefined);
    act(() => root.unmount());
    await setTimeout(10);
    expect(queries.getMutationCache().getAll()).toEqual([]);
    root = createRoot(window.document.createElement('div'));
  });

  test('a sign-out clears the cache, and the next user sees nothing of it', async () => {
    const first = await registerOn(auth);
    const page = await mount(() => ({ me: useMe(), login: useLogin() }));
    await page.shows(({ me }) => me.data?.email === first.email);
    queries.setQueryData(['posts'], 'secret');
    const seen: unknown[] = [];
    const second = await registerOn(device.client({ mode: 'cookie', name: 'other' }));
    await act(() => page.latest.login.mutateAsync(second));
    await page.shows(({ me }) => {
      seen.push(me.data?.email);
      return me.data?.email === second.email;
    });
    expect(seen).not.toContain(first.email);
    expect(queries.getQueryData(['posts'])).toBeUndefined();
  });

  test('a sign-in of another user in another tab replaces what a query shows that is mounted', async () => {
    await registerOn(auth);
    const shown: unknown[] = [];
    // Nothing above renders it again.
    const Orders = memo(() => {
      const { data } = useQuery({ queryKey: ['orders'], queryFn: async () => (await auth.me()).email });
      shown.push(data);
      return null;
    });
    await act(async () => root.render(tree(() => createElement(Orders))));
    await waitFor(() => shown.at(-1) !== undefined);
    const { email } = await registerOn(device.client({ mode: 'cookie' }));
    await waitFor(() => shown.at(-1) === email);
  });

  test('a user signs out, and a form fails, without a network', async () => {
    const { email, password } = await registerOn(auth);
    const page = await mount(() => ({ state: useAuth(), logout: useLogout(), login: useLogin() }));
    await page.shows(({ state }) => state.status === 'signedIn');
    device.network['*'] = 'down';
    onlineManager.setOnline(false);
    try {
      act(() => page.latest.logout.mutate());
      await page.shows(({ state }) => state.status === 'signedOut');
      act(() => page.latest.login.mutate({ email, password }));
      await page.shows(({ login }) => login.isError);
    } finally {
      onlineManager.setOnline(true);
    }
  });

  test('useAuthSettings reads the settings once, whoever is signed in', async () => {
    const { email, password } = await registerOn(device.client({ mode: 'cookie', name: 'other' }));
    device.cookie = undefined;
    const page = await mount(() => ({ settings: hooks.useAuthSettings(), me: useMe(), login: useLogin() }));
    await page.shows(({ settings }) => settings.isSuccess);
    expect(page.latest.settings.data).toMatchObject({ registrationEnabled: true, passwordMinLength: 8 });
    await act(() => page.latest.login.mutateAsync({ email, password }));
    await page.shows(({ me }) => me.isSuccess);
    expect(device.count('AuthSettings')).toBe(1);
  });

  test('a mutation updates what useMe shows', async () => {
    const { password } = await registerOn(auth);
    const page = await mount(() => ({ me: useMe(), change: hooks.useChangePassword() }));
    await page.shows(({ me }) => me.isSuccess);
    await act(() => page.latest.change.mutateAsync({ currentPassword: password, newPassword: `${password} 2` }));
    await until(() => device.count('Me') === 2, 'the second query');
  });

  test('another document has a separate query', async () => {
    const { email } = await registerOn(auth);
    const document: TypedDocument<{ me: { email: string } | null }, object> = 'query Own { me { email } }';
    const useOwn = createUseMe(document);
    const page = await mount(() => useOwn());
    await page.shows(({ data }) => data?.me?.email === email);
  });

  test('an unreachable service leaves the user signed in', async () => {
    await registerOn(auth);
    device.network['*'] = 'down';
    const page = await mount(() => ({ state: useAuth(), me: useMe() }));
    await page.shows(({ me }) => me.isError);
    expect(page.latest.me.error).toMatchObject({ name: 'AuthRequestError' });
    expect(page.latest.state).toMatchObject({ status: 'signedIn' });
  });
});

test('there is a hook for every operation', () => {
  const operations = Object.entries(auth).filter(([, value]) => typeof value === 'function');
  const others = ['subscribe', 'ready', 'getAccessToken', 'fetch', 'request', 'dispose'];
  const names = operations.map(([name]) => name).filter((name) => !others.includes(name));
  expect(names.length).toBe(16);
  for (const name of names) expect(Object.keys(hooks)).toContain(`use${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`);
});

test('a page that a server renders does not know who is signed in', () => {
  expect(renderToString(tree(() => useAuth().status))).toBe('unknown');
});

test('a hook outside the provider says what is missing', () => {
  expect(() => renderToString(createElement(() => useAuth().status))).toThrow('There is no AuthProvider');
});
