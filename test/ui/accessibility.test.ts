import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { bringAbout } from '../support/screens/bring-about.js';
import { LOADING, SERVER_TEXT, SIGNED_IN, SIGNED_OUT, type ScreenState } from '../support/screens/screen-states.js';
import { hasChromium } from '../support/chromium.js';
import { startScreensBrowser, type ScreensBrowser } from '../support/screens/screens-browser.js';
import { SCREENS, type ScreensPage } from '../support/screens/screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

/** The width at which nothing may have to be scrolled sideways (WCAG 1.4.10). */
const NARROW = { viewport: { width: 320, height: 720 } };
let browser: ScreensBrowser;
let page: Page;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await startScreensBrowser();
  page = await browser.open(NARROW);
});
afterAll(async () => {
  if (hasChromium) await browser.close();
});
afterEach(() => {
  if (hasChromium) expect(browser.problems()).toEqual([]);
});

async function expectAccessible(): Promise<void> {
  expect(await page.evaluate(() => screens.audit())).toEqual([]);
  expect(await page.locator('body').innerText()).not.toContain(SERVER_TEXT);
}

const namesOf = (states: readonly ScreenState[]): string[] => [...new Set(states.map(({ screen }) => screen))];
const title = ({ screen, name }: ScreenState): string => `${screen}, ${name}`;
const tableOf = (states: readonly ScreenState[]): { title: string; state: ScreenState }[] =>
  states.map((state) => ({ title: title(state), state }));

test('every screen is in the tables of states', () => {
  expect([...new Set([...namesOf(SIGNED_OUT), ...namesOf(SIGNED_IN)])].sort()).toEqual([...SCREENS].sort());
});

(hasChromium ? describe : describe.skip)(
  'in four languages and from right to left, light and dark, axe-core finds nothing in',
  () => {
    beforeAll(async () => {
      await page.evaluate(() => screens.auth.ready());
    });

    test.each(tableOf(SIGNED_OUT))('$title', async ({ state }) => {
      await bringAbout(page, state);
      await expectAccessible();
    });
  },
);

(hasChromium ? describe : describe.skip)('for a signed-in user axe-core finds nothing in', () => {
  beforeAll(async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    await page.evaluate((given) => screens.auth.register(given), input);
  });

  test.each(tableOf(SIGNED_IN))('$title', async ({ state }) => {
    await bringAbout(page, state);
    await expectAccessible();
  });

  test.each(tableOf(LOADING))('$title', async ({ state }) => {
    await page.reload();
    await page.evaluate(() => screens.auth.ready());
    await bringAbout(page, state);
    await expectAccessible();
  });
});
