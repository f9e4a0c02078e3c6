import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newEmail } from '../support/graphql-client.js';
import { holdRequests, isRequestOf } from '../support/hold-requests.js';
import { onScreen } from '../support/screens/on-screen.js';
import { openScreens } from '../support/screens/open-screens.js';
import type { ScreensPage } from '../support/screens/screens-page.types.js';
import { until } from '../support/until.js';

// In the page.
declare const screens: ScreensPage;

const PASSWORD = 'an otter with a lantern';

let page: Page;
const inBrowser = openScreens({}, (opened) => (page = opened));

const { answer, button, field, heading, main, show, status } = onScreen(() => page);

async function signUp(): Promise<string> {
  const email = newEmail();
  await page.evaluate((input) => screens.auth.register(input), { email, password: PASSWORD });
  return email;
}

/** Holds the next request of an operation until the returned function is called, which waits for its response. */
async function hold(operation: string): Promise<() => Promise<void>> {
  const release = await holdRequests(page, operation, 1);
  return async () => {
    const response = page.waitForResponse((found) => isRequestOf(operation, found.request()));
    release();
    await (await response).finished();
    // The page handles it, and shows what follows.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  };
}

inBrowser('a form that is reset while its request runs', () => {
  async function resetWhileSendingAgain(): Promise<() => Promise<void>> {
    await show('ForgotPassword');
    await field('email').fill(newEmail());
    await button('Send link').click();
    await heading('Check your email');
    const release = await hold('ForgotPassword');
    await button('Send the email again').click();
    await button('Use another address').click();
    await field('email').fill(newEmail());
    await button('Send link').click();
    await heading('Check your email');
    return release;
  }

  test('says nothing of the request that was sent before', async () => {
    const release = await resetWhileSendingAgain();
    await release();
    expect(await main().getByRole('status').innerText()).toBe('');
  });

  test('can be sent again at once', async () => {
    const release = await resetWhileSendingAgain();
    await button('Send the email again').click();
    await status('Check your email after a few minutes.');
    await release();
    await status('Check your email after a few minutes.');
  });

  test('drops the outcome, without onDone', async () => {
    const email = await signUp();
    await page.evaluate(() => screens.auth.logout());
    await show('WithHook');
    const release = await hold('Login');
    await page.evaluate((values) => screens.fill(values), { email, password: PASSWORD });
    await button('Sign in').click();
    await main().locator('form[data-status=pending]').waitFor();
    await page.evaluate(() => document.querySelector('form')!.reset());
    await main().locator('form[data-status=idle]').waitFor();
    await page.evaluate((values) => screens.fill(values), { email, password: 'wrong' });
    await button('Sign in').click();
    await main().getByText('AUTH_INVALID_CREDENTIALS').waitFor();
    await release();
    await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the sign-in');
    expect(await main().locator('form').getAttribute('data-status')).toBe('failed');
    expect(await page.evaluate(() => screens.done)).toEqual([]);
  });

  test('is not the profile when the user asks for a link meanwhile', async () => {
    const email = await signUp();
    await show('Profile');
    await main().getByText(email).waitFor();
    await main().locator('summary').click();
    await field('displayName').fill('Countess');
    const release = await hold('UpdateProfile');
    await button('Save profile').click();
    await button('Send a verification link').click();
    await release();
    await status('Profile saved.');
    expect(await page.evaluate(() => screens.done.length)).toBe(1);
  });
});

const OF_USER = ['Account', 'Profile', 'Sessions', 'SecurityEvents'] as const;

inBrowser('while nobody is signed in', () => {
  test.each(OF_USER)('%s says so, also to a user whose session ends meanwhile', async (screen) => {
    await show(screen);
    await main().getByText('You are signed out.').waitFor();
    expect(await main().getByRole('link').allInnerTexts()).toEqual(['Sign in']);
    await signUp();
    await main().locator('ul, dl').first().waitFor({ state: 'attached' });
    expect(await main().getByText('You are signed out.').count()).toBe(0);
    await page.evaluate(() => screens.auth.logout());
    await main().getByText('You are signed out.').waitFor();
    expect(await main().locator('ul, dl').count()).toBe(0);
    expect(await main().locator('h1:focus').count()).toBe(1);
  });
});

inBrowser('while the client cannot find out who is signed in', () => {
  test.each(OF_USER)('%s says that the service is unreachable, and follows the client', async (screen) => {
    await signUp();
    await page.reload();
    await answer({ Refresh: 'fails' });
    await show(screen);
    await status('The service cannot be reached.');
    await button('Try again').click();
    await status('The service cannot be reached.');
    expect(await page.evaluate(() => screens.auth.state)).toEqual({ status: 'unknown' });
    await answer({});
    await main().locator('ul, dl').first().waitFor({ state: 'attached' });
    expect(await main().getByRole('status').first().innerText()).toBe('');
    expect(await button('Try again').count()).toBe(0);
  });

  test('the account says how long the service asks to wait, which does not begin anew', async () => {
    await signUp();
    await page.reload();
    const extensions = { code: 'AUTH_TOO_MANY_REQUESTS', retryAfterSeconds: 600 };
    await answer({ Refresh: { errors: [{ message: '', extensions }] } });
    await show('Account');
    await status('Too many attempts.');
    await main().getByRole('timer').filter({ hasText: '9:5' }).waitFor();
    await button('Try again').click();
    expect(await main().getByRole('timer').innerText()).not.toContain('10:00');
    expect(await main().locator(':focus').innerText()).toBe('Try again');
  });
});

/** Shows the audit trail of a new user, which says that there are older events. */
async function showWithOlderEvents(): Promise<void> {
  await signUp();
  const securityEvents = { nodes: [], pageInfo: { hasNextPage: true, endCursor: 'older' } };
  await answer({ SecurityEvents: { data: { me: { securityEvents } } } });
  await show('SecurityEvents');
  await button('Show more').waitFor();
}

/** Presses the button that tries again, and waits until an operation is asked for once more. */
async function tryAgain(operation: string): Promise<void> {
  const count = (): Promise<number> =>
    page.evaluate((name) => screens.asked.filter((asked) => asked === name).length, operation);
  const before = await count();
  await button('Try again').click();
  await until(async () => (await count()) > before, `another ${operation}`);
}

inBrowser('the button that tries again', () => {
  test.each(OF_USER)('of %s asks the service at each press, although the client waits', async (screen) => {
    await signUp();
    await page.reload();
    await answer({ Refresh: 'fails' });
    // The client does not try again by itself.
    // eslint-disable-next-line no-restricted-properties -- makes its wait long
    await page.evaluate(() => void (Math.random = () => 1e6));
    await show(screen);
    await status('The service cannot be reached.');
    for (let presses = 0; presses < 3; presses += 1) await tryAgain('Refresh');
    await answer({});
    await button('Try again').click();
    await main().locator('ul, dl').first().waitFor({ state: 'attached' });
  });
});

inBrowser('while the browser says that it is offline', () => {
  const browserSays = (event: 'offline' | 'online'): Promise<void> =>
    page.evaluate((name) => void window.dispatchEvent(new Event(name)), event);

  test.each([
    ['Profile', 'Me'],
    ['Sessions', 'Sessions'],
    ['SecurityEvents', 'SecurityEvents'],
  ] as const)(
    '%s says that the service is unreachable, tries again, and loads once the network is back',
    async (screen, operation) => {
      await signUp();
      await show('ForgotPassword');
      await browserSays('offline');
      await answer({ [operation]: 'fails' });
      await show(screen);
      await status('The service cannot be reached.');
      await tryAgain(operation);
      await status('The service cannot be reached.');
      await answer({});
      await browserSays('online');
      await main().locator('ul, dl').first().waitFor({ state: 'attached' });
    },
  );

  test('older events cannot be shown, and the screen says why', async () => {
    await showWithOlderEvents();
    await browserSays('offline');
    await answer({ SecurityEvents: 'fails' });
    await button('Show more').click();
    await status('The service cannot be reached.');
  });

  test('although the service can be reached, a session that the user ends leaves the list', async () => {
    const email = await signUp();
    await page.evaluate((input) => screens.auth.login(input), { email, password: PASSWORD });
    await show('Sessions');
    await main().locator('li').nth(1).waitFor();
    await browserSays('offline');
    await main()
      .getByRole('button', { name: /^Sign out (?!all)/ })
      .first()
      .click();
    await until(async () => (await main().locator('li').count()) === 1, 'the end of the session');
  });
});

inBrowser('a screen that cannot be loaded', () => {
  test.each([
    ['Profile', 'Me'],
    ['Sessions', 'Sessions'],
    ['SecurityEvents', 'SecurityEvents'],
  ] as const)('%s keeps the focus of the keyboard', async (screen, operation) => {
    await signUp();
    await answer({ [operation]: 'fails' });
    await show(screen);
    await status('The service cannot be reached.');
    await button('Try again').focus();
    const release = await hold(operation);
    await answer({});
    await page.keyboard.press('Enter');
    await main().locator('section[data-state=loading]').waitFor();
    expect(await main().locator('button:focus').innerText()).toBe('Try again');
    await release();
    await main().locator('ul, dl').first().waitFor({ state: 'attached' });
    expect(await main().locator('h1:focus').count()).toBe(1);
  });

  test('takes no focus from another part of the page', async () => {
    await signUp();
    await answer({ Sessions: 'fails' });
    await show('Sessions');
    await status('The service cannot be reached.');
    await page.evaluate(() => {
      document.body.appendChild(document.createElement('input')).focus();
    });
    await answer({});
    await page.evaluate(() => [...document.querySelectorAll('button')].at(-1)?.click());
    await main().locator('ul').first().waitFor({ state: 'attached' });
    expect(await page.locator('input:focus').count()).toBe(1);
  });

  test('says how long to wait for older events, which does not begin anew', async () => {
    await showWithOlderEvents();
    const extensions = { code: 'AUTH_TOO_MANY_REQUESTS', retryAfterSeconds: 600 };
    await answer({ SecurityEvents: { errors: [{ message: '', extensions }] } });
    await button('Show more').click();
    await main().getByRole('timer').filter({ hasText: '9:5' }).waitFor();
    await page.evaluate(() => screens.speak('de'));
    await status('Zu viele Versuche');
    expect(await main().getByRole('timer').innerText()).not.toContain('10:00');
  });
});

inBrowser('a profile', () => {
  test('keeps what is typed while it is being saved', async () => {
    await signUp();
    await show('Profile');
    await main().locator('summary').click();
    await field('displayName').fill('Countess');
    await field('firstName').fill('Ada');
    const release = await hold('UpdateProfile');
    await button('Save profile').click();
    await field('displayName').fill('Countess of');
    await field('lastName').fill('Lovelace');
    await release();
    await status('Profile saved.');
    const values = ['displayName', 'firstName', 'lastName'].map((name) => field(name).inputValue());
    expect(await Promise.all(values)).toEqual(['Countess of', 'Ada', 'Lovelace']);
    await button('Save profile').click();
    await main().locator('dd').getByText('Countess of').waitFor();
    await main().locator('dd').getByText('Ada Lovelace').waitFor();
  });

  test('is compared with what was saved last, even if it cannot be loaded again', async () => {
    await signUp();
    const rename = 'mutation { updateProfile(input: { displayName: "Ada" }) { __typename } }';
    await page.evaluate((document) => screens.auth.request(document, {}), rename);
    await show('Profile');
    await main().locator('dd').getByText('Ada').waitFor();
    await main().locator('summary').click();
    await answer({ Me: 'fails' });
    await field('displayName').fill('Countess');
    await button('Save profile').click();
    await status('Profile saved.');
    await main().locator('dd').getByText('Countess').waitFor();
    await field('displayName').fill('Ada');
    await button('Save profile').click();
    await main().locator('dd').getByText('Ada').waitFor();
    await answer({});
    expect(await page.evaluate(async () => (await screens.auth.me()).displayName)).toBe('Ada');
  });
});

inBrowser('the address for another link', () => {
  const expire = async (): Promise<() => Promise<void>> => {
    const release = await hold('Me');
    await show('VerifyEmail', { token: 'expired' });
    await button('Verify email address').click();
    await field('email').waitFor();
    return release;
  };

  test('is that of the account', async () => {
    const email = await signUp();
    const release = await expire();
    await release();
    await until(async () => (await field('email').inputValue()) === email, 'the address');
  });

  test('is what the user typed before that of the account was loaded, until another user is there', async () => {
    await signUp();
    const release = await expire();
    await field('email').fill('typed@example.com');
    await release();
    expect(await field('email').inputValue()).toBe('typed@example.com');
    const other = await signUp();
    await until(async () => (await field('email').inputValue()) === other, 'the other user');
  });
});

// Chromium fills a saved address into the last text field before a password, when the form appears.
inBrowser('the current address has a field before the others from the beginning', () => {
  test.each([
    ['ChangePassword', ['username', 'current-password', 'new-password']],
    ['ChangeEmail', ['username', 'email', 'current-password']],
  ] as const)('in %s', async (screen, expected) => {
    const email = await signUp();
    const release = await hold('Me');
    await show(screen);
    await field('currentPassword').waitFor();
    const purposes = await main()
      .locator('input')
      .evaluateAll((inputs) => inputs.map((input) => input.getAttribute('autocomplete')));
    expect(purposes).toEqual(expected);
    await release();
    await until(async () => (await field('username').inputValue()) === email, 'the address');
  });
});

inBrowser('another user finds nothing that the previous one', () => {
  test.each(['ChangePassword', 'ChangeEmail'] as const)('has typed into %s', async (screen) => {
    await signUp();
    await show(screen);
    await field('currentPassword').fill(PASSWORD);
    await signUp();
    await until(async () => (await field('currentPassword').inputValue()) === '', 'the other user');
  });

  const shown = [
    { screen: 'ChangeEmail', send: 'Send link' },
    { screen: 'ChangePassword', send: 'Change password' },
    { screen: 'ConfirmEmailChange', send: 'Confirm' },
    { screen: 'Profile', send: 'Save profile' },
  ] as const;
  test.each(shown)('has done in $screen', async ({ screen, send }) => {
    const email = await signUp();
    const user = { id: '1', email };
    await answer({
      ChangeEmail: { data: { changeEmail: { __typename: 'MailRequested', email } } },
      ChangePassword: { data: { changePassword: { __typename: 'PasswordChanged', user } } },
      ConfirmEmailChange: { data: { confirmEmailChange: { __typename: 'EmailChanged', user } } },
    });
    await show(screen, { token: 'token' });
    if (screen === 'Profile') await main().locator('summary').click();
    await page.evaluate(() => screens.fill({ newEmail: 'b@example.com', currentPassword: 'a', newPassword: 'b' }));
    await button(send).click();
    await main().locator('section:is([data-view=sent], [data-state=done])').first().waitFor();
    await signUp();
    await main().locator('[data-view=form][data-state=idle]').waitFor();
  });

  test('has ended in Sessions', async () => {
    const email = await signUp();
    await page.evaluate((input) => screens.auth.login(input), { email, password: PASSWORD });
    await show('Sessions');
    await main().locator('li button').first().click();
    await status('is signed out.');
    await signUp();
    await main().locator('[data-auth-part=screen][data-state=idle]').waitFor();
  });

  test('but the same user keeps what was typed before the client knew who it is', async () => {
    await signUp();
    await page.reload();
    const release = await hold('Refresh');
    await show('ChangePassword');
    await field('currentPassword').fill(PASSWORD);
    await release();
    await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the refresh');
    expect(await field('currentPassword').inputValue()).toBe(PASSWORD);
  });
});
