import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { AuthClient, AuthState } from '@auth-subgraph/client';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { startHiveGateway } from '../support/gateways/hive-gateway.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { startPageServer, type Fault, type PageServer } from '../support/page-server.js';
import { startService } from '../support/service-process.js';
import { until } from '../support/until.js';

const CHROMIUM = '/usr/bin/chromium';
const TABS = 20;
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stderr.write(`The tests of the client in a browser are skipped: ${CHROMIUM} is missing.\n`);

// In the page.
declare const auth: AuthClient;

let database: TestDatabase;
let pages: PageServer;
let browser: Browser;
let context: BrowserContext;
const errors: string[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  database = await createTestDatabase();
  const port = await freePort();
  const service = await startService({
    DATABASE_URL: database.url,
    REFRESH_COOKIE_ENABLED: 'true',
    REFRESH_COOKIE_ALLOWED_ORIGINS: `http://localhost:${String(port)}`,
  });
  const target = { url: service.url, tokens: undefined, routerSecret: false, cookies: true };
  const gateway = await startHiveGateway({ auth: target, postsUrl: 'http://posts.invalid' });
  pages = await startPageServer(port, () => gateway.url);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}, 120_000);
afterAll(async () => {
  if (!hasChromium) return;
  await browser.close();
  await database.drop();
});
beforeEach(async () => {
  if (hasChromium) context = await browser.newContext();
});
afterEach(async () => {
  if (!hasChromium) return;
  for (const operation of Object.keys(pages.faults)) pages.faults[operation] = undefined;
  pages.release();
  await context.close();
  expect(errors.splice(0)).toEqual([]);
});

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  // Unhandled rejections too.
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(pages.url);
  return tab;
}

/** Tabs in which the same new user is signed in. */
async function openTabs(count: number): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let opened = 0; opened < count; opened += 1) tabs.push(await openTab());
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  expect(await tabs[0]!.evaluate(async (given) => (await auth.register(given)).__typename, input)).toBe('LoginSuccess');
  for (const tab of tabs) await tab.evaluate(() => auth.ready());
  pages.operations.length = 0;
  return tabs;
}

const stateIn = (tab: Page): Promise<AuthState> => tab.evaluate(() => auth.state);
const statusesIn = async (tabs: readonly Page[]): Promise<string[]> => [
  ...new Set((await Promise.all(tabs.map(stateIn))).map(({ status }) => status)),
];
const countOf = (operation: string): number => pages.operations.filter((name) => name === operation).length;

/** Lets the device sleep until the access token has expired. */
async function expireIn(tabs: readonly Page[]): Promise<void> {
  const sleep = (): void => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 3_600_000;
  };
  for (const tab of tabs) await tab.evaluate(sleep);
}

/** All tabs ask for a token at once; returns the kinds of answers. */
async function askIn(tabs: readonly Page[]): Promise<string[]> {
  const answers = await Promise.all(tabs.map((tab) => tab.evaluate(async () => typeof (await auth.getAccessToken()))));
  return [...new Set(answers)];
}

(hasChromium ? describe : describe.skip)('pages in Chromium behind a gateway', () => {
  test('twenty tabs whose token has expired refresh at most three times, and all stay signed in', async () => {
    const tabs = await openTabs(TABS);
    await expireIn(tabs);
    expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn(tabs)).toEqual(['signedIn']);
    expect(countOf('Refresh')).toBeLessThanOrEqual(3);
  }, 60_000);

  test.each([
    { missing: 'Web Locks', script: `Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })` },
    { missing: 'BroadcastChannel', script: 'delete globalThis.BroadcastChannel' },
  ])(
    'without $missing twenty tabs stay signed in',
    async ({ script }) => {
      await context.addInitScript(script);
      const tabs = await openTabs(TABS);
      await expireIn(tabs);
      expect(await askIn(tabs)).toEqual(['string']);
      expect(await statusesIn(tabs)).toEqual(['signedIn']);
    },
    60_000,
  );

  test('twenty tabs refresh at most three times if the tab that refreshes is frozen, which is signed in when it thaws', async () => {
    const [frozen, ...tabs] = (await openTabs(TABS)) as [Page, ...Page[]];
    await expireIn([frozen, ...tabs]);
    pages.faults['Refresh'] = 'is held';
    await frozen.evaluate(() => void auth.getAccessToken());
    await until(() => countOf('Refresh') === 1, 'the first refresh');
    const session = await context.newCDPSession(frozen);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    pages.faults['Refresh'] = undefined;
    expect(await askIn(tabs)).toEqual(['string']);
    expect(countOf('Refresh')).toBeLessThanOrEqual(3);
    pages.release();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    expect(await askIn([frozen])).toEqual(['string']);
    expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn([frozen, ...tabs])).toEqual(['signedIn']);
  }, 60_000);

  test('a tab that was offline over the end of its token is signed in when the network returns', async () => {
    const [tab] = (await openTabs(1)) as [Page];
    await expireIn([tab]);
    await context.setOffline(true);
    expect(await tab.evaluate(() => auth.getAccessToken().catch((error: unknown) => (error as Error).name))).toBe(
      'AuthRequestError',
    );
    expect(await stateIn(tab)).toMatchObject({ status: 'signedIn', reachable: false });
    await context.setOffline(false);
    await until(async () => ((await stateIn(tab)) as { reachable?: boolean }).reachable === true, 'the network');
    expect(await askIn([tab])).toEqual(['string']);
  });

  test.each<{ fault: Fault }>([{ fault: 'answers 500' }, { fault: 'answers with HTML' }, { fault: 'is cut' }])(
    'a refresh that $fault signs nobody out, and five tabs do not repeat it for every call',
    async ({ fault }) => {
      const tabs = await openTabs(5);
      await expireIn(tabs);
      pages.faults['Refresh'] = fault;
      const ask = (): Promise<string> => auth.getAccessToken().then(String, (error: unknown) => (error as Error).name);
      for (let calls = 0; calls < 3; calls += 1)
        for (const answer of await Promise.all(tabs.map((tab) => tab.evaluate(ask))))
          expect(answer).toBe('AuthRequestError');
      expect(countOf('Refresh')).toBeLessThanOrEqual(5);
      expect(await statusesIn(tabs)).toEqual(['signedIn']);
      pages.faults['Refresh'] = undefined;
      await until(
        async () =>
          (await Promise.all(tabs.map(stateIn))).every((state) => state.status === 'signedIn' && state.reachable),
        'the service',
      );
    },
  );

  test('a sign-out without a network signs out all tabs, holds after a reload, and reaches the service later', async () => {
    const [first, second] = (await openTabs(2)) as [Page, Page];
    pages.faults['*'] = 'is cut';
    pages.faults['Logout'] = 'answers 500';
    await first.evaluate(() => auth.logout());
    await until(async () => (await stateIn(second)).status === 'signedOut', 'the other tab');
    await Promise.all([first.reload(), second.reload()]);
    for (const tab of [first, second])
      expect(await tab.evaluate(() => auth.ready())).toEqual({ status: 'signedOut', because: 'logout' });
    expect(await context.cookies()).toHaveLength(1);
    pages.faults['*'] = pages.faults['Logout'] = undefined;
    await until(async () => (await context.cookies()).length === 0, 'the service');
    expect(await (await openTab()).evaluate(() => auth.ready())).toEqual({ status: 'signedOut', because: 'never' });
  });
});
