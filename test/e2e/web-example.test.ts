import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { hasChromium, launchChromium } from '../support/chromium.js';
import { holdRequests } from '../support/hold-requests.js';
import { exampleOfReadme } from '../support/example-of-readme.js';
import { freePort } from '../support/free-port.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { ROOT } from '../support/pages.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { until } from '../support/until.js';

const DATA = join(ROOT, 'examples/web/.data');

let folder: string;
let child: ChildProcess;
let ended: Promise<unknown>;
let output = '';
let browser: Browser;
let origin: string;

beforeAll(async () => {
  if (!hasChromium) return;
  await mkdir(DATA, { recursive: true });
  folder = await mkdtemp(join(DATA, 'test-'));
  // PostgreSQL does not run as root, and its user has to come in here too.
  await chmod(folder, 0o755);
  const [port, gatewayPort] = [await freePort(), await freePort()];
  origin = `http://localhost:${String(port)}`;
  child = spawn(process.execPath, await exampleOfReadme('examples/web/README.md'), {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATA_DIR: folder, PORT: String(port), GATEWAY_PORT: String(gatewayPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  ended = once(child, 'close');
  browser = await launchChromium();
  await until(
    () => (child.exitCode === null ? output.includes(`Open ${origin}`) : Promise.reject(new Error(output))),
    'the example',
    60_000,
  );
});
afterAll(async () => {
  if (!hasChromium) return;
  await browser.close();
  child.kill('SIGTERM');
  await ended;
  RunRecord.ofRun().log('output of the web example', output);
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string, page?: Page): Promise<Page> {
  const tab = page ?? (await browser.newPage());
  tab.setDefaultTimeout(60_000);
  await tab.goto(`${origin}${path}`);
  return tab;
}

/** Signs up through the link of the sign-in page. */
async function signUp(tab: Page, email: string): Promise<void> {
  await tab.getByRole('link', { name: 'Sign in' }).first().click();
  await tab
    .getByRole('main')
    .getByRole('link', { name: /create|sign up/i })
    .click();
  await tab.getByLabel(/email/i).fill(email);
  await tab.locator('input[type=password]').fill(DEFAULT_PASSWORD);
  await tab.getByLabel(/first name/i).fill('Ada');
  await tab.locator('main form button[type=submit]').click();
  await tab.getByRole('button', { name: 'Sign out' }).waitFor();
}

(hasChromium ? describe : describe.skip)('the web example', () => {
  test('signs up, verifies the address of the email, writes a post, lists the session and signs out', async () => {
    const email = newEmail();
    const tab = await open('/my-posts');
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signUp(tab, email);
    await tab.getByLabel('Title').fill('Notes on the Analytical Engine');
    await tab.getByRole('button', { name: 'Publish' }).click();
    await tab.getByText('Notes on the Analytical Engine – Ada').waitFor();
    await tab.getByRole('link', { name: 'My posts' }).click();
    await tab.getByText(`Signed in as ${email}`).waitFor();
    await tab.getByText('Notes on the Analytical Engine').waitFor();

    const printed = new RegExp(`Email to ${email}: [^]*?(\\S+/verify-email\\S+)`);
    const link = await until(() => printed.exec(output)?.[1], 'the email');
    expect(link).toMatch(`${origin}/verify-email#token=`);
    await open(link.slice(origin.length), tab);
    await tab.locator('main form button[type=submit]').click();
    await until(
      async () => (await tab.locator('main [data-auth-part=screen]').getAttribute('data-state')) === 'done',
      'done',
    );
    expect(tab.url()).toBe(`${origin}/verify-email`);

    await tab.getByRole('link', { name: 'Sessions' }).click();
    await until(async () => (await tab.locator('main [data-auth-part=item]').count()) === 1, 'the session');
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    await tab.getByRole('link', { name: 'Posts', exact: true }).click();
    await tab.getByText('Notes on the Analytical Engine – Ada').waitFor();
    expect(await tab.getByRole('button', { name: 'Publish' }).count()).toBe(0);
    await tab.context().close();
  });

  test('keeps a user signed in over a reload, and has another user see their own posts only', async () => {
    const tab = await open('/');
    await signUp(tab, newEmail());
    await tab.reload();
    await tab.getByRole('button', { name: 'Sign out' }).waitFor();
    const email = newEmail();
    const other = await open('/');
    await signUp(other, email);
    await other.getByRole('link', { name: 'My posts' }).click();
    await other.getByText(`Signed in as ${email}`).waitFor();
    expect(await other.locator('main li').count()).toBe(0);
    for (const page of [tab, other]) await page.context().close();
  });

  test('says so if a request cannot be sent, and does not send a form later', async () => {
    const tab = await open('/');
    await signUp(tab, newEmail());
    await tab.getByLabel('Title').waitFor();
    await tab.context().setOffline(true);
    await tab.getByLabel('Title').fill('Written without a network');
    await tab.getByRole('button', { name: 'Publish' }).click();
    await tab.getByRole('alert').waitFor();
    await tab.getByRole('link', { name: 'My posts' }).click();
    await tab.getByText('The posts cannot be loaded.').waitFor();
    await tab.context().setOffline(false);
    await tab.reload();
    await tab.getByText('Signed in as').waitFor();
    expect(await tab.locator('main li').count()).toBe(0);
    await tab.context().close();
  });

  test('does not warn about its own set-up', async () => {
    const tab = await open('/');
    await signUp(tab, newEmail());
    await tab.context().close();
    expect(output).not.toContain('"level":40');
  });

  test('does not take a user away who goes to another page during a sign-up', async () => {
    const tab = await open('/sign-up');
    await tab.getByLabel(/email/i).fill(newEmail());
    await tab.locator('input[type=password]').fill(DEFAULT_PASSWORD);
    const release = await holdRequests(tab, 'Register');
    await tab.locator('main form button[type=submit]').click();
    await tab.getByRole('link', { name: 'Account' }).click();
    release();
    await tab.getByRole('button', { name: 'Sign out' }).first().waitFor();
    await tab.waitForTimeout(200);
    expect(tab.url()).toBe(`${origin}/account`);
    await tab.context().close();
  });
});
