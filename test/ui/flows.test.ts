import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newEmail } from '../support/graphql-client.js';
import { onScreen } from '../support/screens/on-screen.js';
import { openScreens } from '../support/screens/open-screens.js';
import type { ScreensBrowser } from '../support/screens/screens-browser.js';
import { screensSite } from '../support/screens/screens-site.js';
import type { ScreensPage } from '../support/screens/screens-page.types.js';
import { runCommand } from '../support/service-process.js';
import { until } from '../support/until.js';

// In the page.
declare const screens: ScreensPage;

const PASSWORD = 'an otter with a lantern';
const OTHER_PASSWORD = 'a lantern without an otter';

let browser: ScreensBrowser;
let page: Page;

const inBrowser = openScreens(
  { REGISTRATION_REQUIRE_EMAIL_VERIFICATION: 'true', LOCKOUT_MAX_ATTEMPTS: '2' },
  (opened, started) => {
    page = opened;
    browser = started;
  },
);

const { heading, main, show, status } = onScreen(() => page);

/** Presses the tab key until an element has the focus, which must be visible. */
async function tabTo(role: 'textbox' | 'button' | 'link', name: string): Promise<void> {
  const wanted = main()
    .getByRole(role, { name, exact: true })
    .or(main().getByLabel(name, { exact: true }));
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = main().locator(':focus');
    if ((await focused.count()) === 0 || (await focused.and(wanted).count()) === 0) continue;
    expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    return;
  }
  throw new Error(`the tab key does not reach ${name}`);
}

async function type(label: string, text: string): Promise<void> {
  await tabTo('textbox', label);
  await page.keyboard.type(text);
}

async function press(name: string): Promise<void> {
  await tabTo('button', name);
  await page.keyboard.press('Enter');
}

/** Whoever signs up, with the address verified. */
async function newUser(email = newEmail()): Promise<string> {
  const input = { email, password: PASSWORD };
  await page.evaluate((given) => screens.auth.register(given), input);
  const token = await browser.mails.token(email, 'verify-email');
  await page.evaluate((given) => screens.auth.verifyEmail({ token: given }), token);
  return email;
}

async function signIn(email: string, password = PASSWORD): Promise<void> {
  await page.evaluate((input) => screens.auth.login(input), { email, password });
}

inBrowser('with the keyboard alone', () => {
  test('a new user signs up, verifies the address and signs in', async () => {
    const email = newEmail();
    await show('SignUp');
    await type('First name (optional)', 'Ada');
    await type('Email', email);
    await type('Password', PASSWORD);
    await page.keyboard.press('Enter');
    await heading('Check your email');
    expect(await main().locator(':focus').textContent()).toBe('Check your email');
    await show('VerifyEmail', { token: await browser.mails.token(email, 'verify-email') });
    await press('Verify email address');
    await heading('Email address verified');
    await show('SignIn');
    await type('Email', email);
    await type('Password', PASSWORD);
    await press('Sign in');
    await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the sign-in');
    expect(await page.evaluate(() => screens.done.length)).toBe(3);
    await show('Account');
    await main().getByText('Ada').waitFor();
  });

  test('a new user has the language of the screens, so that emails follow it', async () => {
    const email = newEmail();
    await page.evaluate(() => screens.speak('de'));
    await show('SignUp');
    await type('E-Mail-Adresse', email);
    await type('Passwort', PASSWORD);
    await page.keyboard.press('Enter');
    await heading('Prüfen Sie Ihr Postfach');
    const { stdout } = await runCommand(['users', 'export'], { DATABASE_URL: browser.databaseUrl });
    const users = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { email: string; locale?: string });
    expect(users.find((user) => user.email === email)).toMatchObject({ locale: 'de' });
  });

  test('whoever signs in without a verified address can have the link sent again', async () => {
    const email = newEmail();
    await page.evaluate((input) => screens.auth.register(input), { email, password: PASSWORD });
    await show('SignIn');
    await type('Email', email);
    await type('Password', PASSWORD);
    await page.keyboard.press('Enter');
    await heading('Check your email');
    await press('Send the email again');
    await status('Check your email after a few minutes.');
  });

  test('a forgotten password is replaced, and every session ends', async () => {
    const email = await newUser();
    await signIn(email);
    await show('ForgotPassword');
    await type('Email', email);
    await page.keyboard.press('Enter');
    await heading('Check your email');
    await show('ResetPassword', { token: await browser.mails.token(email, 'reset-password') });
    await type('New password', OTHER_PASSWORD);
    await press('Save password');
    await heading('Password changed');
    await until(() => page.evaluate(() => screens.auth.state.status === 'signedOut'), 'the end of the session');
    await signIn(email, OTHER_PASSWORD);
    expect(await page.evaluate(() => screens.auth.state.status)).toBe('signedIn');
  });

  test('whose response was lost leaves a way to sign in with the new password', async () => {
    const email = await newUser();
    await page.evaluate((address) => screens.auth.forgotPassword({ email: address }), email);
    await show('ResetPassword', { token: await browser.mails.token(email, 'reset-password') });
    await page.route('**/graphql', async (route) => {
      await route.fetch();
      await route.fulfill({ body: 'no JSON' });
    });
    await type('New password', OTHER_PASSWORD);
    await press('Save password');
    await status('The service cannot be reached.');
    await page.unroute('**/graphql');
    await press('Save password');
    await main().getByText('This link has expired or was already used.').waitFor();
    expect(await main().getByRole('link').allInnerTexts()).toEqual(['Sign in', 'Request a new link']);
  });

  test('an address that somebody else has registered meanwhile is not confirmed, and the screen leads on', async () => {
    const [email, wanted] = [await newUser(), newEmail()];
    await signIn(email);
    await page.evaluate((input) => screens.auth.changeEmail(input), { newEmail: wanted, currentPassword: PASSWORD });
    const token = await browser.mails.token(wanted, 'change-email-confirm');
    await newUser(wanted);
    await show('ConfirmEmailChange', { token });
    await press('Confirm');
    await main().getByText('There is already an account with this email address.').waitFor();
    expect(await main().getByRole('link').allInnerTexts()).toEqual(['Continue']);
    expect(await main().getByRole('button').count()).toBe(0);
  });

  test('an invited user chooses a password and is signed in', async () => {
    const email = newEmail();
    await runCommand(['users', 'create', email], { DATABASE_URL: browser.databaseUrl });
    const token = await browser.mails.token(email, 'invitation');
    await show('AcceptInvitation', { token });
    await type('Password', PASSWORD);
    await press('Accept invitation');
    await heading('Welcome');
    expect(await page.evaluate(() => [screens.auth.state.status, screens.done.length])).toEqual(['signedIn', 1]);
    await show('AcceptInvitation', { token });
    await type('Password', OTHER_PASSWORD);
    await press('Accept invitation');
    await main().getByText('This invitation has expired or was already accepted.').waitFor();
  });

  test('a user changes the password, the address, ends other sessions and signs out', async () => {
    const email = await newUser();
    const address = newEmail();
    for (let devices = 0; devices < 4; devices += 1) await signIn(email);
    await show('Account');
    await main().getByText(email).first().waitFor();
    await openSection('Devices');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await status('is signed out.');
    await press('Sign out all other devices');
    await status('All other devices are signed out.');
    await openSection('Change password');
    await type('Current password', PASSWORD);
    await type('New password', OTHER_PASSWORD);
    await page.keyboard.press('Enter');
    await status('Your password is changed.');
    await show('ChangeEmail');
    await type('New email', address);
    await type('Current password', OTHER_PASSWORD);
    await page.keyboard.press('Enter');
    await heading('Check your email');
    const token = await browser.mails.token(address, 'change-email-confirm');
    for (const text of [`You now sign in with \u2068${address}\u2069.`, 'Your email address was already verified.']) {
      await show('ConfirmEmailChange', { token });
      await press('Confirm');
      await heading('Email address changed');
      await main().getByText(text).waitFor();
    }
    await show('Account');
    await main().getByText(address).first().waitFor();
    await press('Sign out');
    await main().getByText('You are signed out.').waitFor();
  });

  test('a user edits the profile, and reads what happened to the account, page by page', async () => {
    const email = await newUser();
    await signIn(email);
    await show('Account');
    await main().getByText(email).first().waitFor();
    await openSection('Edit profile');
    await type('Display name (optional)', 'Countess');
    await type('Picture (https://…) (optional)', 'http://images.example.com/ada.png');
    await page.keyboard.press('Enter');
    await main().getByText('Enter an address that begins with https://.').waitFor();
    expect(await main().locator(':focus').getAttribute('name')).toBe('avatarUrl');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Backspace');
    await press('Save profile');
    await status('Profile saved.');
    await main().locator('dd').getByText('Countess').waitFor();
    await page.evaluate(async () => {
      const rename = 'mutation ($name: String!) { updateProfile(input: { firstName: $name }) { __typename } }';
      for (let count = 0; count < 20; count += 1) await screens.auth.request(rename, { name: `Ada ${String(count)}` });
    });
    const events = 'query { me { securityEvents(names: "ProfileUpdated", first: 50) { nodes { id } } } }';
    await until(async () => {
      const found = await page.evaluate((query) => screens.auth.request(query, {}), events);
      return JSON.stringify(found).split('"id"').length === 22;
    }, 'the events');
    await show('SecurityEvents');
    await press('Show more');
    await main().locator('li:focus').waitFor();
    expect(await main().locator('li:focus ~ li').allInnerTexts()).toContainEqual(
      expect.stringMatching(/^Account created/),
    );
    expect(await main().locator('li').first().innerText()).toMatch(
      /^Profile changed\s.*20\d\d.*\sUnknown device\s+127\.0\.0\.1$/s,
    );
  });

  async function openSection(name: string): Promise<void> {
    await page.evaluate(() => screens.leave());
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await main().locator('summary:focus').getByText(name, { exact: true }).count()) > 0) break;
    }
    await page.keyboard.press('Enter');
    await main().locator('details[open]').filter({ hasText: name }).waitFor();
  }
});

inBrowser('a field', () => {
  test('of the profile that autofill changed is sent, and the others keep what another device saved', async () => {
    const email = await newUser();
    await signIn(email);
    await show('Profile');
    await main().getByText(email).waitFor();
    await page.evaluate(() =>
      screens.auth.request('mutation { updateProfile(input: { lastName: "Lovelace" }) { __typename } }', {}),
    );
    await main().locator('summary').click();
    await page.evaluate(() => screens.fill({ displayName: 'Countess' }));
    await main().getByRole('button', { name: 'Save profile' }).click();
    await status('Profile saved.');
    const { displayName, lastName } = await page.evaluate(() => screens.auth.me());
    expect([displayName, lastName]).toEqual(['Countess', 'Lovelace']);
  });

  test('of the profile that was saved follows what another device saves', async () => {
    const email = await newUser();
    await signIn(email);
    await show('Profile');
    await main().getByText(email).waitFor();
    await main().locator('summary').click();
    const save = async (values: Record<string, string>): Promise<void> => {
      await page.evaluate((given) => screens.fill(given), values);
      await main().getByRole('button', { name: 'Save profile' }).click();
      await status('Profile saved.');
    };
    await save({ displayName: 'Countess' });
    await page.evaluate(() =>
      screens.auth.request('mutation { updateProfile(input: { displayName: "Lady" }) { __typename } }', {}),
    );
    await save({ lastName: 'Lovelace' });
    await main().locator('dd').getByText('Lady').waitFor();
    expect(await main().locator('[name=displayName]').inputValue()).toBe('Lady');
    await save({ firstName: 'Ada' });
    await main().locator('dd').getByText('Ada Lovelace').waitFor();
    expect((await page.evaluate(() => screens.auth.me())).displayName).toBe('Lady');
  });

  test('is sent with what a password manager filled in without an event', async () => {
    const email = await newUser();
    await show('SignIn');
    await page.evaluate((values) => screens.fill(values), { email, password: PASSWORD });
    await main().getByRole('button', { name: 'Sign in' }).click();
    await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the sign-in');
  });

  test('keeps what was written before React had loaded', async () => {
    const email = await newUser();
    const markup = await page.evaluate(() => screens.markup('SignIn'));
    const { site } = browser.pages;
    let release = (): void => undefined;
    await page.route('**/program.js', async (route) => {
      await new Promise<void>((resolve) => (release = resolve));
      await route.continue();
    });
    browser.pages.site = await screensSite(19, markup);
    try {
      await page.goto(browser.pages.url, { waitUntil: 'commit' });
      await main()
        .locator('input[name=email]')
        .evaluate((input, value) => ((input as HTMLInputElement).value = value), email);
      await main()
        .locator('input[name=password]')
        .evaluate((input, value) => ((input as HTMLInputElement).value = value), PASSWORD);
      release();
      await page.waitForFunction(() => 'screens' in globalThis);
      await main().getByRole('button', { name: 'Sign in' }).click();
      await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the sign-in');
    } finally {
      browser.pages.site = site;
    }
  });

  test('is never part of the address, even if the form is sent before React has loaded', async () => {
    const markup = await page.evaluate(() => screens.markup('SignIn'));
    const { site } = browser.pages;
    const { files } = await screensSite(19, markup);
    browser.pages.site = { ...site, files: { ...files, '/program.js': { type: 'text/javascript', body: '' } } };
    try {
      await page.goto(browser.pages.url);
      await page.locator('input[name=email]').fill('ada@example.com');
      await page.locator('input[name=password]').fill(PASSWORD);
      const [request] = await Promise.all([
        page.waitForRequest((sent) => sent.isNavigationRequest()),
        page.locator('button[type=submit]').click(),
      ]);
      expect([request.method(), new URL(request.url()).search]).toEqual(['POST', '']);
    } finally {
      browser.pages.site = site;
    }
  });

  test('that is wrong has the focus, its error and what is asked of it', async () => {
    await show('SignUp');
    await main().getByText('Use at least 8 characters.').waitFor();
    await page.evaluate((values) => screens.fill(values), { email: newEmail(), password: 'short' });
    await main().getByRole('button', { name: 'Create account' }).click();
    const password = main().locator('input[aria-invalid=true]');
    await password.waitFor();
    expect(await password.evaluate((input) => input === document.activeElement)).toBe(true);
    const ids = (await password.getAttribute('aria-describedby'))!.split(' ');
    const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
    expect(texts[0]).toContain('Use at least 8 characters.');
    expect(texts).toHaveLength(2);
    // The focus may have been there before, so that it announces nothing.
    expect(await main().getByRole('alert').innerText()).toContain('Use at least 8 characters.');
  });

  test('of a password is shown and hidden by its button', async () => {
    await show('SignIn');
    const password = main().locator('input[name=password]');
    await password.fill(PASSWORD);
    await main().getByRole('button', { name: 'Show password' }).click();
    expect([await password.getAttribute('type'), await password.inputValue()]).toEqual(['text', PASSWORD]);
    await main().getByRole('button', { name: 'Hide password' }).click();
    expect([await password.getAttribute('type'), await password.inputValue()]).toEqual(['password', PASSWORD]);
  });
});

inBrowser('the account', () => {
  test('calls onDone as soon as the user is signed out, and does not wait for the service', async () => {
    const email = await newUser();
    await signIn(email);
    await show('Account');
    await main().getByText(email).first().waitFor();
    await page.evaluate(() => void (screens.answers = { Logout: 'waits' }));
    await press('Sign out');
    await main().getByText('You are signed out.').waitFor();
    expect(await page.evaluate(() => screens.done)).toEqual([null]);
    expect(await main().locator(':focus').getAttribute('data-auth-part')).toBe('title');
  });

  test('of another user has nothing that the previous one wrote', async () => {
    const [first, second] = [await newUser(), await newUser()];
    await signIn(first);
    await show('Account');
    await main().getByText(first).first().waitFor();
    await page.evaluate((password) => screens.fill({ currentPassword: password }), PASSWORD);
    const password = main().locator('input[name=currentPassword]').first();
    expect(await password.inputValue()).toBe(PASSWORD);
    await page.evaluate((input) => screens.auth.login(input).then(() => undefined), {
      email: second,
      password: PASSWORD,
    });
    await main().getByText(second).first().waitFor();
    expect(await password.inputValue()).toBe('');
  });

  test('leaves the focus where it is when it finds out who is signed in', async () => {
    const email = await newUser();
    await signIn(email);
    await page.reload();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/graphql', async (route) => (await held, route.continue()), { times: 1 });
    await show('Account');
    await main().locator('[data-view=unknown]').waitFor();
    await page.evaluate(() => {
      const search = document.body.appendChild(document.createElement('input'));
      search.id = 'search';
      search.focus();
    });
    release();
    await main().getByText(email).first().waitFor();
    expect(await page.locator(':focus').getAttribute('id')).toBe('search');
  });
});

inBrowser('a wait', () => {
  test('after too many wrong passwords is a text that names it', async () => {
    const email = await newUser();
    await show('SignIn');
    for (let attempts = 0; attempts < 3; attempts += 1) {
      await page.evaluate((values) => screens.fill(values), { email, password: 'wrong' });
      await main().getByRole('button', { name: 'Sign in' }).click();
      await main().locator('form:not([data-state=pending])').waitFor();
    }
    await status('Too many wrong passwords. Try again in');
  });

  test('is announced when it begins and when it is over, and not in between', async () => {
    await show('SignIn');
    await page.evaluate(() => {
      const error = {
        __typename: 'TooManyRequestsError',
        code: 'AUTH_TOO_MANY_REQUESTS',
        message: '',
        retryAfterSeconds: 3,
      };
      screens.answers = { Login: { data: { login: error } } };
      screens.fill({ email: 'ada@example.com', password: 'wrong' });
      const region = document.querySelector('main [role=status]')!;
      const said: string[] = [];
      new MutationObserver(() => said.push(region.textContent)).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      Object.assign(globalThis, { said });
    });
    await main().getByRole('button', { name: 'Sign in' }).click();
    await main().getByRole('timer').waitFor();
    await status('You can try again now.');
    const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
    expect(said.filter((text) => text !== '')).toEqual([
      'Too many attempts. Try again in 3 seconds.',
      'You can try again now.',
    ]);
  });
});

inBrowser('an application', () => {
  test('puts its own parts into the slots, and its class takes precedence over the stylesheet', async () => {
    await show('WithSlots');
    await main().getByText('Acme').waitFor();
    expect(await main().getByRole('link').allInnerTexts()).toEqual(['Help']);
    expect(
      await main()
        .locator('section')
        .evaluate((section) => getComputedStyle(section).maxInlineSize),
    ).toBe('304px');
    await page.locator('#application-button').click();
    await main().getByText('Enter your email address.').waitFor();
  });

  test('uses a hook with its own markup', async () => {
    const email = await newUser();
    await show('WithHook');
    await main().getByRole('button').click();
    expect(
      await main()
        .getByLabel('Email')
        .evaluate((input) => input === document.activeElement),
    ).toBe(true);
    await main().getByLabel('Email').fill(email);
    await main().getByLabel('Password').fill('wrong');
    await main().getByRole('button').click();
    await main().getByText('AUTH_INVALID_CREDENTIALS').waitFor();
    await main().getByLabel('Password').fill(PASSWORD);
    await main().getByRole('button').click();
    await main().locator('form[data-status=done]').waitFor();
    expect(await page.evaluate(() => screens.done.length)).toBe(1);
  });

  test('shares its query client with the screens, which keeps no password', async () => {
    await page.goto(`${browser.pages.url}#cache`);
    await page.reload();
    const email = await newUser();
    await show('SignIn');
    for (const password of ['a wrong password', PASSWORD]) {
      await page.evaluate((values) => screens.fill(values), { email, password });
      await main().getByRole('button', { name: 'Sign in' }).click();
      await main().locator('form:is([data-state=failed], [data-state=done])').waitFor();
      expect(await page.evaluate(() => screens.known())).not.toContain(password);
    }
    await show('Profile');
    await main().getByText(email).waitFor();
    expect(await page.evaluate(() => screens.known())).toContain(email);
  });

  test('with React 18 has the same screens', async () => {
    const { site } = browser.pages;
    browser.pages.site = await screensSite(18);
    try {
      await page.goto(browser.pages.url);
      const email = await newUser();
      await show('SignIn');
      await type('Email', email);
      await type('Password', 'wrong');
      await page.keyboard.press('Enter');
      await status('The email address or the password is wrong.');
      await page.evaluate((values) => screens.fill(values), { email, password: PASSWORD });
      await main().getByRole('button', { name: 'Sign in' }).click();
      await until(() => page.evaluate(() => screens.auth.state.status === 'signedIn'), 'the sign-in');
      await show('Account');
      await main().getByText(email).first().waitFor();
      await main().getByRole('button', { name: 'Sign out' }).click();
      await main().getByText('You are signed out.').waitFor();
    } finally {
      browser.pages.site = site;
    }
  });
});
