import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { AuthClient } from '@auth-subgraph/client';
import { hasChromium } from '../support/chromium.js';
import { askIn, startClientPages, stateIn, statusesIn, type ClientPages } from '../support/client-pages.js';
import type { Fault } from '../support/page-server.js';
import { until } from '../support/until.js';

const TABS = 20;

// In the page.
declare const auth: AuthClient;

let pages: ClientPages;
beforeAll(async () => {
  if (hasChromium) pages = await startClientPages();
});
afterAll(async () => {
  if (hasChromium) await pages.close();
});
beforeEach(async () => {
  if (hasChromium) await pages.beforeTest();
});
afterEach(async () => {
  if (hasChromium) await pages.afterTest();
});

/** Lets the device sleep until the access token has expired. */
async function expireIn(tabs: readonly Page[]): Promise<void> {
  const sleep = (): void => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 3_600_000;
  };
  for (const tab of tabs) await tab.evaluate(sleep);
}

(hasChromium ? describe : describe.skip)('pages in Chromium behind a gateway', () => {
  test('twenty tabs whose token has expired refresh at most three times, and all stay signed in', async () => {
    const tabs = await pages.openTabs(TABS);
    await expireIn(tabs);
    expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn(tabs)).toEqual(['signedIn']);
    expect(pages.countOf('Refresh')).toBeLessThanOrEqual(3);
  });

  test.each([
    { missing: 'Web Locks', script: `Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })` },
    { missing: 'BroadcastChannel', script: 'delete globalThis.BroadcastChannel' },
  ])('without $missing twenty tabs stay signed in', async ({ script }) => {
    await pages.context.addInitScript(script);
    const tabs = await pages.openTabs(TABS);
    await expireIn(tabs);
    expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn(tabs)).toEqual(['signedIn']);
  });

  test('twenty tabs refresh at most three times if the tab that refreshes is frozen, which is signed in when it thaws', async () => {
    const [frozen, ...tabs] = (await pages.openTabs(TABS)) as [Page, ...Page[]];
    await expireIn([frozen, ...tabs]);
    pages.server.faults['Refresh'] = 'is held';
    await frozen.evaluate(() => void auth.getAccessToken());
    await until(() => pages.countOf('Refresh') === 1, 'the first refresh');
    const session = await pages.context.newCDPSession(frozen);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    pages.server.faults['Refresh'] = undefined;
    expect(await askIn(tabs)).toEqual(['string']);
    expect(pages.countOf('Refresh')).toBeLessThanOrEqual(3);
    pages.server.release();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    expect(await askIn([frozen])).toEqual(['string']);
    expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn([frozen, ...tabs])).toEqual(['signedIn']);
  });

  test('a tab that was offline over the end of its token is signed in when the network returns', async () => {
    const [tab] = (await pages.openTabs(1)) as [Page];
    await expireIn([tab]);
    await pages.context.setOffline(true);
    expect(await tab.evaluate(() => auth.getAccessToken().catch((error: unknown) => (error as Error).name))).toBe(
      'AuthRequestError',
    );
    expect(await stateIn(tab)).toMatchObject({ status: 'signedIn', reachable: false });
    await pages.context.setOffline(false);
    await until(async () => ((await stateIn(tab)) as { reachable?: boolean }).reachable === true, 'the network');
    expect(await askIn([tab])).toEqual(['string']);
  });

  test.each<{ fault: Fault }>([{ fault: 'answers 500' }, { fault: 'answers with HTML' }, { fault: 'is cut' }])(
    'a refresh that $fault signs nobody out, and five tabs do not repeat it for every call',
    async ({ fault }) => {
      const tabs = await pages.openTabs(5);
      await expireIn(tabs);
      pages.server.faults['Refresh'] = fault;
      const ask = (): Promise<string> => auth.getAccessToken().then(String, (error: unknown) => (error as Error).name);
      for (let calls = 0; calls < 3; calls += 1)
        for (const answer of await Promise.all(tabs.map((tab) => tab.evaluate(ask))))
          expect(answer).toBe('AuthRequestError');
      expect(pages.countOf('Refresh')).toBeLessThanOrEqual(5);
      expect(await statusesIn(tabs)).toEqual(['signedIn']);
      pages.server.faults['Refresh'] = undefined;
      await until(
        async () =>
          (await Promise.all(tabs.map(stateIn))).every((state) => state.status === 'signedIn' && state.reachable),
        'the service',
      );
    },
  );

  test('a sign-out without a network signs out all tabs, holds after a reload, and reaches the service later', async () => {
    const [first, second] = (await pages.openTabs(2)) as [Page, Page];
    pages.server.faults['*'] = 'is cut';
    pages.server.faults['Logout'] = 'answers 500';
    await first.evaluate(() => auth.logout());
    await until(async () => (await stateIn(second)).status === 'signedOut', 'the other tab');
    await Promise.all([first.reload(), second.reload()]);
    for (const tab of [first, second])
      expect(await tab.evaluate(() => auth.ready())).toEqual({ status: 'signedOut', because: 'logout' });
    expect(await pages.context.cookies()).toHaveLength(1);
    pages.server.faults['*'] = pages.server.faults['Logout'] = undefined;
    await until(async () => (await pages.context.cookies()).length === 0, 'the service');
    expect(await (await pages.openTab()).evaluate(() => auth.ready())).toEqual({
      status: 'signedOut',
      because: 'never',
    });
  });
});
