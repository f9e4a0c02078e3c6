import type { Locator, Page } from 'playwright-core';
import type { ScreenName, ScreensPage } from './screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

interface OnScreen {
  readonly show: (screen: ScreenName, props?: object) => Promise<void>;
  readonly main: () => Locator;
  /** The buttons with exactly this name. */
  readonly button: (name: string) => Locator;
  readonly field: (name: string) => Locator;
  /** Sets what the page answers to operations instead of sending them. */
  readonly answer: (answers: ScreensPage['answers']) => Promise<void>;
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
    button: (name) => main().getByRole('button', { name, exact: true }),
    field: (name) => main().locator(`input[name=${name}]`),
    answer: (answers) => page().evaluate((given) => void (screens.answers = given), answers),
    heading: (name) => main().getByRole('heading', { name }).waitFor(),
    status: (text) => main().getByRole('status').filter({ hasText: text }).first().waitFor(),
  };
}
