import type { Page } from 'playwright-core';
import type { ScreenState } from './screen-states.js';
import type { ScreensPage } from './screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

const VALUES = {
  ...{ email: 'ada@example.com', newEmail: 'ada.lovelace@example.com', firstName: 'Ada', lastName: 'Lovelace' },
  ...{ displayName: 'Countess', avatarUrl: 'https://images.example.com/ada.png' },
  ...{ password: 'a password', currentPassword: 'a password', newPassword: 'another password' },
};

/** Shows a screen, does what leads to the state, and waits for it. */
export async function bringAbout(page: Page, given: ScreenState): Promise<void> {
  const { screen, props = {}, answers = {}, presses = [], isEmpty, view, state, has = '' } = given;
  await page.evaluate(
    ([name, properties, answered]) => {
      screens.answers = answered;
      screens.show(name, properties);
    },
    [screen, props, answers] as const,
  );
  for (const selector of presses) {
    await page.waitForSelector(selector);
    await page.evaluate((values) => screens.fill(values), isEmpty ? {} : VALUES);
    await page.locator(selector).first().click();
  }
  const attributes = `${view === undefined ? '' : `[data-view=${view}]`}[data-state=${state}]`;
  await page.waitForSelector(`main > [data-auth-part=screen]${attributes} ${has}`, { state: 'attached' });
}
