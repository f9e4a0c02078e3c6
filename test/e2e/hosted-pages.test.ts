import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { hasChromium } from '../support/chromium.js';
import { holdRequests } from '../support/hold-requests.js';
import { startPagesBrowser, type PagesBrowser } from '../support/pages-browser.js';
import { noteTokens } from '../support/token-in.js';
import { runCommand } from '../support/service-process.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let folder: string;
let application: Server;
let applicationOrigin: string;
let site: PagesBrowser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  if (!hasChromium) return;
  const port = await freePort();
  application = createServer((_request, response) => response.end('<h1>Your application</h1>'));
  await new Promise<void>((resolve) => application.listen(port, 'localhost', resolve));
  applicationOrigin = `http://localhost:${String(port)}`;
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-hosted-'));
  database = await createTestDatabase();
  site = await startPagesBrowser({
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    PAGES_ENABLED: 'true',
    PASSWORD_MIN_LENGTH: '12',
    PASSWORD_REQUIRE_LOWERCASE: 'true',
    PAGES_CONTINUE_ORIGINS: applicationOrigin,
    REFRESH_COOKIE_ENABLED: 'true',
    REFRESH_COOKIE_ALLOWED_ORIGINS: 'https://app.example.com',
  });
});
afterAll(async () => {
  if (!hasChromium) return;
  await site.close();
  await new Promise((resolve) => application.close(resolve));
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});
beforeEach(async () => {
  if (!hasChromium) return;
  context = await site.open();
  page = await context.newPage();
});
afterEach(async () => {
  if (!hasChromium) return;
  await context.close();
  expect(site.problems()).toEqual([]);
});

async function visit(path: string, tab = page): Promise<void> {
  await tab.goto(`${site.origin}/account/${path}`);
}

const heading = (name: string, tab = page): Promise<void> => tab.getByRole('heading', { level: 1, name }).waitFor();

async function fillIn(fields: Record<string, string>, button: string): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).locator('visible=true').fill(value);
  await page.getByRole('button', { name: button, exact: true }).click();
}

async function signUp(email: string): Promise<void> {
  await visit('sign-up');
  await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Create account');
  await heading('Your account');
}

/** The newest link of a kind that was emailed to an address. */
async function linkTo(email: string, path: string): Promise<string> {
  const links = new RegExp(`Email to ${email}: .*\\n {2}Link: (\\S+/${path}#token=\\S+)`, 'g');
  const link = await until(() => [...site.service.output().matchAll(links)].at(-1)?.[1], `a link to ${path}`);
  noteTokens(link);
  return link;
}

(hasChromium ? describe : describe.skip)('the pages in Chromium', () => {
  test('forms show the rules of the service before a password is entered', async () => {
    await visit('sign-up');
    await page.getByText('At least 12 characters').waitFor();
    await page.getByText('lower-case letter').waitFor();
  });

  test('a long name of the product fits on a phone', async () => {
    await page.setViewportSize({ width: 320, height: 700 });
    await visit('sign-in');
    await heading('Sign in');
    const name = 'Donaudampfschifffahrtsgesellschaft';
    await page.evaluate(
      `document.querySelector('main').insertAdjacentHTML('beforebegin', '<p class="pages-product">${name}</p>')`,
    );
    await page.getByText(name).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test('a browser that reports a language with a suffix of its system sees the pages', async () => {
    await context.addInitScript(() =>
      Object.defineProperty(navigator, 'languages', { value: ['en-US@posix'], configurable: true }),
    );
    await visit('sign-up');
    await page.getByText('At least 12 characters').waitFor();
  });

  test('a browser whose language tag is too long for the service can register, without the extensions of the tag', async () => {
    await context.addInitScript(() =>
      Object.defineProperty(navigator, 'languages', {
        value: ['en-AU-u-ca-buddhist-nu-thai-hc-h12-co-standard'],
        configurable: true,
      }),
    );
    const email = newEmail();
    await signUp(email);
    expect(await database.sql('select locale from auth_user where email = $1', [email])).toEqual([{ locale: 'en-AU' }]);
  });

  test('with the cookie, users stay signed in after a reload, and signing out holds', async () => {
    await signUp(newEmail());
    await page.reload();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await heading('Sign in');
    await visit('account');
    await page.getByText('You are signed out').waitFor();
    // If the page was left before it had told the service, this one does.
    await until(async () => (await context.cookies()).length === 0, 'the cookie to be deleted');
  });

  test('users return to an allowed application after a sign-in, by whatever page they come', async () => {
    const email = newEmail();
    await signUp(email);
    const target = `${applicationOrigin}/orders?id=1`;
    await visit(`sign-up?continue=${encodeURIComponent(target)}`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading('Sign in');
    await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Sign in');
    await heading('Your application');
    expect(page.url()).toBe(target);
  });

  test('users who go to another page while they sign in stay there', async () => {
    const email = newEmail();
    await signUp(email);
    await context.clearCookies();
    await visit('sign-in');
    const release = await holdRequests(page, 'Login');
    await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Sign in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await heading('Reset your password');
    release();
    await until(async () => (await context.cookies()).length > 0, 'the cookie');
    await page.waitForTimeout(200);
    expect(page.url()).toBe(`${site.origin}/account/forgot-password`);
  });

  test.each(['//evil.example', 'javascript:document.title="evil"', 'https://localhost@evil.example/'])(
    'nobody is sent to %s',
    async (target) => {
      const email = newEmail();
      await signUp(email);
      await visit(`sign-in?continue=${encodeURIComponent(target)}`);
      await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Sign in');
      await heading('Your account');
      expect(new URL(page.url()).host).toBe(new URL(site.origin).host);
      expect(await page.title()).toBe('Your account');
    },
  );

  test('opening the link of an email consumes nothing, and the token leaves the address', async () => {
    const email = newEmail();
    await signUp(email);
    const link = await linkTo(email, 'verify-email');
    for (let opened = 0; opened < 2; opened += 1) {
      await page.goto('about:blank');
      await page.goto(link);
      await heading('Verify your email address');
      expect(page.url()).toBe(`${site.origin}/account/verify-email`);
    }
    expect(await page.content()).not.toContain(link.split('=')[1]);
    await page.getByRole('button', { name: 'Verify email address' }).click();
    await heading('Email address verified');
  });

  test('a link that is opened in the tab of an earlier one is followed', async () => {
    await visit('reset-password#token=expired');
    await fillIn({ 'New password': 'a good long password' }, 'Save password');
    await page.getByText('This link has expired').waitFor();
    await page.evaluate(`location.hash = '#token=another'`);
    await page.getByRole('button', { name: 'Save password' }).waitFor();
    expect(page.url()).toBe(`${site.origin}/account/reset-password`);
  });

  test('an invited user chooses a password on the page of the email, and is signed in', async () => {
    const email = newEmail();
    const { code } = await runCommand(['users', 'create', email], { DATABASE_URL: database.url, DATA_DIR: folder });
    expect(code).toBe(0);
    await page.goto(await linkTo(email, 'accept-invitation'));
    await heading('Accept your invitation');
    expect(page.url()).toBe(`${site.origin}/account/accept-invitation`);
    await fillIn({ Password: DEFAULT_PASSWORD }, 'Accept invitation');
    await heading('Your account');
    await page.getByText(email).first().waitFor();
  });

  test('a new address is confirmed after a sign-in, if the link is opened in another browser', async () => {
    const [email, moved] = [newEmail(), newEmail()];
    await signUp(email);
    await page.getByText('Change email address', { exact: true }).click();
    await fillIn({ 'New email': moved, 'Current password': DEFAULT_PASSWORD }, 'Send link');
    const link = await linkTo(moved, 'confirm-email-change');
    await context.clearCookies();
    await page.goto(link);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading('Sign in');
    await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Sign in');
    await heading('Confirm your new email address');
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText(moved).waitFor();
  });

  test('a link to a new address that cannot be used leads to the account, also after the next sign-in', async () => {
    const email = newEmail();
    await signUp(email);
    await visit('confirm-email-change#token=expired');
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText('is for another account').waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await heading('Your account');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await heading('Sign in');
    await fillIn({ Email: email, Password: DEFAULT_PASSWORD }, 'Sign in');
    await heading('Your account');
  });

  test('a link without its token, and an address without a page, say what to do', async () => {
    await visit('verify-email');
    await page.getByText('The link is incomplete.').waitFor();
    await visit('accept-invitation');
    await heading('Accept your invitation');
    await page.getByText('The link is incomplete.').waitFor();
    await visit('reset-password');
    await page.getByRole('button', { name: 'Send link' }).waitFor();
    const shown = await page.getByRole('heading', { level: 1 }).innerText();
    expect(await page.title()).toBe(shown);
    await visit('nothing');
    await heading('Page not found');
    expect(site.problems()).toEqual([expect.stringContaining('404')]);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await heading('Sign in');
  });

  test.each([
    { locale: 'de-CH', title: 'Anmelden' },
    { locale: 'fr', title: 'Connexion' },
    { locale: 'es-MX', title: 'Iniciar sesión' },
    { locale: 'ja', title: 'Sign in' },
  ])('speak the language of the browser: $locale', async ({ locale, title }) => {
    const abroad = await site.open({ locale });
    const tab = await abroad.newPage();
    await visit('sign-in', tab);
    await heading(title, tab);
    expect(await tab.title()).toBe(title);
    expect(await tab.evaluate('document.documentElement.lang')).toBe(locale === 'ja' ? 'en' : locale);
    await abroad.close();
  });
});
