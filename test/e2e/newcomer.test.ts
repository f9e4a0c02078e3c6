import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { hasChromium } from '../support/chromium.js';
import { startPagesBrowser, type PagesBrowser } from '../support/pages-browser.js';
import { noteTokens } from '../support/token-in.js';
import { until } from '../support/until.js';

/** `npm run screenshots` sets the folder for the screenshots of the README. */
const SCREENSHOTS = process.env['SCREENSHOTS_FOLDER'];
const FOLDER = join(tmpdir(), `auth-subgraph-newcomer-${String(process.pid)}`);
const EMAIL = 'grace@example.com';
const PASSWORD = 'a lovely long sentence';
const NEW_PASSWORD = 'another lovely long sentence';

let site: PagesBrowser;
let origin: string;
let context: BrowserContext;

beforeAll(async () => {
  if (!hasChromium) return;
  // As `npm start` runs it: in development, on an embedded database.
  const settings = { NODE_ENV: 'development', JWT_SECRET: '', DATA_DIR: FOLDER, RATE_LIMITS_ENABLED: 'true' };
  site = await startPagesBrowser({ ...settings, ...(SCREENSHOTS !== undefined && { PORT: '4001' }) });
  ({ origin } = site);
  context = await site.open({ viewport: { width: 960, height: 640 } });
});
afterAll(async () => {
  if (!hasChromium) return;
  await site.close();
  // The database is still stopping.
  await rm(FOLDER, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
});

async function screenshot(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Waits until the preview lists an email, and opens it. */
async function openMail(mail: Page, subject: string | RegExp): Promise<void> {
  const link = mail.getByRole('navigation').getByRole('link', { name: subject }).first();
  await until(
    async () => {
      await mail.goto(`${origin}/dev/mail`);
      return (await link.count()) > 0;
    },
    `the email ${String(subject)}`,
  );
  await link.click();
  noteTokens(await mail.locator('pre').innerText());
}

/** Follows a link that opens a tab. */
async function follow(page: Page, click: () => Promise<void>): Promise<Page> {
  const opened = page.context().waitForEvent('page');
  await click();
  const tab = await opened;
  await tab.getByRole('heading', { level: 1 }).waitFor();
  return tab;
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

(hasChromium ? describe : describe.skip)('a newcomer whose browser reaches no other host', () => {
  test('finds the addresses of the pages, the emails and the explorer in the terminal', () => {
    const shown = /^Open in a browser:\n((?: .+\n)+)/m.exec(site.service.output())?.[1]?.trim().split(/\s+/);
    expect(shown).toEqual([
      'Pages',
      `${origin}/account/sign-up`,
      'Explorer',
      `${origin}/`,
      'Emails',
      `${origin}/dev/mail`,
    ]);
  });

  test('registers, verifies the address, signs in, sees the sessions and resets the password', async () => {
    const page = await context.newPage();
    await page.goto(`${origin}/account/sign-up`);
    await page.getByLabel('First name').fill('Grace');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await screenshot(page, 'sign-up');
    await page.getByRole('button', { name: 'Create account' }).click();
    await heading(page, 'Your account');
    expect(page.url()).toBe(`${origin}/account/account`);

    const mail = await context.newPage();
    await openMail(mail, /^Confirm your email address/);
    await mail.frameLocator('iframe').getByRole('link').first().waitFor();
    await screenshot(mail, 'email');
    const tab = await follow(mail, () => mail.frameLocator('iframe').getByRole('link').first().click());
    await heading(tab, 'Verify your email address');
    // The token is neither in the address nor spent.
    expect(tab.url()).toBe(`${origin}/account/verify-email`);
    await screenshot(tab, 'verify-email');
    await tab.getByRole('button', { name: 'Verify email address' }).click();
    await heading(tab, 'Email address verified');

    await tab.getByRole('link', { name: 'Sign in' }).click();
    await heading(tab, 'Sign in');
    await signIn(tab, PASSWORD);
    await heading(tab, 'Your account');
    await tab.getByText('Devices', { exact: true }).click();
    await tab.getByText('This device').scrollIntoViewIfNeeded();
    await screenshot(tab, 'account');

    await tab.getByRole('button', { name: 'Sign out', exact: true }).click();
    await heading(tab, 'Sign in');
    await tab.getByRole('link', { name: 'Forgot your password?' }).click();
    await heading(tab, 'Reset your password');
    await tab.getByLabel('Email').fill(EMAIL);
    await tab.getByRole('button', { name: 'Send link' }).click();
    await openMail(mail, /^Choose a new password/);
    const reset = await follow(mail, () => mail.locator('pre').getByRole('link').first().click());
    await reset.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await reset.getByRole('button', { name: 'Save password' }).click();
    await reset.getByRole('link', { name: 'Sign in' }).click();
    await signIn(reset, NEW_PASSWORD);
    await heading(reset, 'Your account');
  });

  test('registers and signs in with the explorer, which keeps the token', async () => {
    const page = await context.newPage();
    await page.goto(origin);
    const open = (name: string): Promise<void> => page.getByText(name, { exact: true }).first().click();
    const send = (): Promise<void> => page.locator('button:visible', { hasText: 'Send Request' }).first().click();
    for (const name of ['Register', 'Sign in']) {
      await open(name);
      await send();
      await page.getByText('"LoginSuccess"').locator('visible=true').first().waitFor();
    }
    await open('Ask who you are');
    await send();
    await page.getByText('"Chrome on Linux"').locator('visible=true').first().waitFor();
    await screenshot(page, 'explorer');
  });

  test('has no request to another host, no error and no violation of a policy', () => {
    expect([...site.hosts]).toEqual([new URL(origin).host]);
    expect(site.problems()).toEqual([]);
  });
});
