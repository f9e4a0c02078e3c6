import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { notifyManager, onlineManager, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { Kind, parse, print, type ObjectTypeDefinitionNode } from 'graphql';
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
import { ROOT } from '../support/pages.js';
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

  test('an operation is sent once, whatever the default of the application', async () => {
    queries.setDefaultOptions({ mutations: { retry: 3, retryDelay: 1 } });
    device.network['Login'] = 'loses the response';
    const page = await mount(() => useLogin());
    const { email, password } = await registerOn(device.client({ mode: 'cookie', name: 'other' }));
    await act(() => page.latest.mutateAsync({ email, password }).catch(() => undefined));
    await page.shows(({ isError }) => isError);
    expect(device.count('Login')).toBe(1);
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

  test('useUpdateProfile changes what useMe shows, and names the field that is invalid', async () => {
    await registerOn(auth);
    const page = await mount(() => ({ me: useMe(), update: hooks.useUpdateProfile() }));
    await page.shows(({ me }) => me.data?.displayName === null);
    await act(() => page.latest.update.mutateAsync({ displayName: 'Countess', avatarUrl: 'http://example.com/a.png' }));
    await page.shows(
      ({ update }) => update.data?.__typename === 'InvalidInputError' && update.data.field === 'avatarUrl',
    );
    await act(() => page.latest.update.mutateAsync({ displayName: 'Countess', locale: 'de-AT' }));
    await page.shows(({ me }) => me.data?.displayName === 'Countess' && me.data.locale === 'de-AT');
    expect(page.latest.update.data).toMatchObject({ __typename: 'ProfileUpdated', user: { displayName: 'Countess' } });
  });

  test('useSecurityEvents loads older events page by page', async () => {
    await registerOn(auth);
    const { id } = await auth.me();
    await app.database.sql(
      `insert into auth_security_event (id, user_id, name, actor_kind)
        select uuidv7(make_interval(secs => n)), $1, case n when 3 then 'Other' else 'Event' || n end, 'USER'
        from generate_series(1, 4) n`,
      [id],
    );
    const names = ['Event1', 'Event2', 'Event4'];
    const page = await mount(() => hooks.useSecurityEvents({ first: 2, names }));
    const shown = (): string[] | undefined => page.latest.data?.map(({ name }) => name);
    await page.shows(({ data }) => data?.length === 2);
    expect([shown(), page.latest.hasNextPage]).toEqual([['Event4', 'Event2'], true]);
    await act(() => page.latest.fetchNextPage());
    await page.shows(({ data }) => data?.length === 3);
    expect([shown(), page.latest.hasNextPage]).toEqual([['Event4', 'Event2', 'Event1'], false]);
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

/** What the client does by itself. */
const NO_HOOK = ['refresh'];
/** Documents and hooks that have no method, as the guide says. */
const NO_METHOD = ['authSettings', 'refresh', 'securityEvents', 'updateProfile'];

test('every operation of the schema and every list of the user has a hook, and a method unless the guide says otherwise', async () => {
  const sdl = await readFile(`${ROOT}schema.graphql`, 'utf8');
  const roots = ['Query', 'Mutation'].flatMap((type) => fieldsOf(sdl, type).map(([name]) => name));
  const lists = fieldsOf(sdl, 'User').filter(([, type]) => /^\[Auth|Connection$/.test(type));
  const names = [...roots, ...lists.map(([name]) => name)].sort();
  expect(names.length).toBe(20);
  const hookOf = (name: string): string => `use${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
  expect(names.filter((name) => !(hookOf(name) in hooks))).toEqual(NO_HOOK);
  expect(names.filter((name) => !(name in auth))).toEqual(NO_METHOD);
  const guide = await readFile(`${ROOT}docs/guides/client.md`, 'utf8');
  for (const name of NO_METHOD) expect(guide).toContain(`\`${name}\``);
});

function fieldsOf(sdl: string, typeName: string): [name: string, type: string][] {
  const { definitions } = parse(sdl);
  const found = definitions.find((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === typeName);
  const { fields = [] } = found as ObjectTypeDefinitionNode;
  return fields.map(({ name, type }) => [name.value, print(type).replaceAll('!', '')]);
}

test('a page that a server renders does not know who is signed in', () => {
  expect(renderToString(tree(() => useAuth().status))).toBe('unknown');
});

test('a hook outside the provider says what is missing', () => {
  expect(() => renderToString(createElement(() => useAuth().status))).toThrow('There is no AuthProvider');
});
