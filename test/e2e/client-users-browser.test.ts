import { createSecretKey } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { AuthClient, TypedDocument } from '@auth-subgraph/client';
import { hasChromium } from '../support/chromium.js';
import { askIn, registerIn, startClientPages, stateIn, statusesIn, type ClientPages } from '../support/client-pages.js';
import { expiredCopy } from '../support/expired-token.js';
import type { ReactPage } from '../support/react-page/react-page.types.js';
import { reactSite } from '../support/react-page/react-site.js';
import { TEST_SECRET } from '../support/test-secret.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;

// In the page.
declare const auth: AuthClient;
declare const page: ReactPage;

let pages: ClientPages;
beforeAll(async () => {
  if (hasChromium) pages = await startClientPages({ REFRESH_REUSE_GRACE_SECONDS: '1' }, reactSite(19));
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

const refreshIn = (tab: Page): Promise<string | undefined> => tab.evaluate(() => auth.getAccessToken({ fresh: true }));

/** Sends a mutation in a page; returns the name of the error, if it rejects. */
const runIn = (tab: Page, mutation: string): Promise<string> =>
  tab.evaluate(
    (text) =>
      auth.request(text as TypedDocument<object, object>, {}).then(
        () => 'a result',
        (error: unknown) => (error as Error).name,
      ),
    mutation,
  );

(hasChromium ? describe : describe.skip)('pages in Chromium behind a gateway', () => {
  test('a stolen refresh token that is replayed ends the session in all tabs', async () => {
    const tabs = await pages.openTabs(3);
    const [cookie] = await pages.context.cookies();
    const stolen = await fetch(`${pages.server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: pages.server.url,
        cookie: `${cookie?.name ?? ''}=${cookie?.value ?? ''}`,
      },
      body: JSON.stringify({ query: 'mutation Thief { refresh { __typename } }' }),
    });
    expect(await stolen.json()).toEqual({ data: { refresh: { __typename: 'LoginSuccess' } } });
    await setTimeout(1500);
    expect(await refreshIn(tabs[0]!)).toBeUndefined();
    for (const tab of tabs) {
      await until(async () => (await stateIn(tab)).status === 'signedOut', 'the other tabs');
      expect(await stateIn(tab)).toEqual({ status: 'signedOut', because: 'ended' });
    }
    expect(await pages.context.cookies()).toEqual([]);
  });

  test.each([
    { case: 'ahead', ms: HOUR_MS },
    { case: 'behind', ms: -HOUR_MS },
  ])('a device whose clock is an hour $case stays signed in without more refreshes', async ({ ms }) => {
    await pages.context.addInitScript((shift) => {
      const wallNow = Date.now.bind(Date);
      Object.assign(globalThis, { shift });
      Date.now = () => wallNow() + (globalThis as unknown as { shift: number }).shift;
    }, ms);
    const tabs = await pages.openTabs(2);
    for (const tab of tabs) await tab.reload();
    await until(async () => (await statusesIn(tabs)).join() === 'signedIn', 'the reload');
    pages.server.operations.length = 0;
    for (let times = 0; times < 3; times += 1) expect(await askIn(tabs)).toEqual(['string']);
    expect(pages.countOf('Refresh')).toBe(0);
    for (const tab of tabs) await tab.evaluate(() => Object.assign(globalThis, { shift: 0 }));
    for (let times = 0; times < 3; times += 1) expect(await askIn(tabs)).toEqual(['string']);
    expect(await statusesIn(tabs)).toEqual(['signedIn']);
    // A clock that jumps forward looks like an hour of sleep.
    expect(pages.countOf('Refresh')).toBeLessThanOrEqual(ms < 0 ? 3 : 0);
  });

  test('a mutation whose token is rejected is sent again, but not if another subgraph has run its part', async () => {
    const [tab] = (await pages.openTabs(1)) as [Page];
    const key = createSecretKey(Buffer.from(TEST_SECRET));
    const expired = await expiredCopy((await tab.evaluate(() => auth.getAccessToken())) ?? '', key);
    const sendExpired = (): Promise<unknown> =>
      tab.route(
        '**/graphql',
        (route, request) => route.continue({ headers: { ...request.headers(), authorization: `Bearer ${expired}` } }),
        { times: 1 },
      );
    pages.posts.posts.length = 0;
    // It still accepts the token.
    pages.postsClock.behindMs = 2 * HOUR_MS;
    await sendExpired();
    const partial = 'mutation Partial { createPost(title: "Once") { id } revokeOtherSessions { __typename } }';
    expect(await runIn(tab, partial)).toBe('AuthRequestError');
    expect(pages.posts.posts).toMatchObject([{ title: 'Once' }]);
    expect({ refresh: pages.countOf('Refresh'), sent: pages.countOf('Partial') }).toEqual({ refresh: 0, sent: 1 });
    await sendExpired();
    expect(await runIn(tab, 'mutation Whole { revokeOtherSessions { __typename } }')).toBe('a result');
    expect({ refresh: pages.countOf('Refresh'), sent: pages.countOf('Whole') }).toEqual({ refresh: 1, sent: 2 });
  });

  describe.each([18, 19] as const)('with React %i in Strict Mode', (react) => {
    beforeAll(async () => {
      pages.server.site = await reactSite(react);
    });

    const showsIn = (tab: Page, text: string): Promise<unknown> =>
      until(async () => (await tab.textContent('body'))?.startsWith(text), `the page that shows ${text}`);

    test('a reload asks once who is signed in, and once for the user', async () => {
      const tab = await pages.openTab();
      expect(await tab.evaluate(() => page.version)).toMatch(new RegExp(`^${String(react)}\\.`));
      const email = await registerIn(tab);
      await showsIn(tab, `signedIn ${email} 1`);
      pages.server.operations.length = 0;
      await tab.reload();
      await showsIn(tab, `signedIn ${email} 1`);
      expect(pages.server.operations.sort()).toEqual(['Me', 'Refresh', 'Sessions']);
      const shown = await tab.evaluate(() => page.shown);
      expect(shown.filter((text) => text.startsWith('signedOut'))).toEqual([]);
    });

    test('a second user, who signs in in another tab, sees nothing of the query cache of the first', async () => {
      const [first, second] = [await pages.openTab(), await pages.openTab()];
      const email = await registerIn(first);
      await showsIn(first, `signedIn ${email} 1`);
      await first.evaluate(() => void page.queries.setQueryData(['posts'], 'a draft of the first user'));
      const other = await registerIn(second);
      await showsIn(first, `signedIn ${other} 1`);
      const cache = await first.evaluate(() =>
        JSON.stringify(
          page.queries
            .getQueryCache()
            .findAll()
            .map(({ queryKey, state }) => [queryKey, state.data]),
        ),
      );
      expect(cache).toContain(other);
      expect(cache).not.toContain(email);
      expect(cache).not.toContain('a draft of the first user');
      const shown = await first.evaluate(() => page.shown);
      const changed = shown.slice(shown.findIndex((text) => text.includes(other)));
      expect(changed.filter((text) => text.includes(email))).toEqual([]);
    });
  });
});
