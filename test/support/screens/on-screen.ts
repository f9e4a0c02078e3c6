import type { Locator, Page } from 'playwright-core';
import type { ScreenName, ScreensPage } from './screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

interface OnScreen {
  readonly show: (screen: ScreenName, props?: object) => Promise<void>;
  readonly main: () => Locator;
  /** Waits for a heading with this name. */
  readonly heading: (name: string) => Promise<void>;
  /** Waits for a message with this text. */
  readonly status: (text: string) => Promise<void>;
}

/** Shows screens, and finds what is on them. */
export function onScreen(page: () => Page): OnScreen {
  const main = (): Locator => page().locator('main');
  return {
    main,
    show: (screen, props = {}) =>
      page().evaluate(([name, given]) => screens.show(name, given), [screen, props] as const),
    heading: (name) => main().getByRole('heading', { name }).waitFor(),
    status: (text) => main().getByRole('status').filter({ hasText: text }).first().waitFor(),
  };
}
