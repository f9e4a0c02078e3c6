import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { hasChromium } from '../chromium.js';
import { startScreensBrowser, type ScreensBrowser } from './screens-browser.js';

/**
 * Opens a page before each test of a file, and expects afterwards that nothing went wrong in it. Returns `describe`, or
 * `describe.skip` without Chromium.
 * @param settings of the service
 */
export function openScreens(
  settings: Readonly<Record<string, string>>,
  onOpen: (page: Page, browser: ScreensBrowser) => void,
): typeof describe.skip {
  if (!hasChromium) return describe.skip;
  let browser: ScreensBrowser;
  let page: Page;
  beforeAll(async () => {
    browser = await startScreensBrowser(settings);
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.open();
    page.setDefaultTimeout(60_000);
    onOpen(page, browser);
  });
  afterEach(async () => {
    await page.context().close();
    expect(browser.problems()).toEqual([]);
  });
  return describe;
}
