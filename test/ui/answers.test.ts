import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newEmail } from '../support/graphql-client.js';
import { onScreen } from '../support/screens/on-screen.js';
import { openScreens } from '../support/screens/open-screens.js';
import { answerOf, failure } from '../support/screens/screen-states.js';
import type { ScreensPage } from '../support/screens/screens-page.types.js';
import { until } from '../support/until.js';

// In the page.
declare const screens: ScreensPage;

const PASSWORD = 'an otter with a lantern';
/** A window of 1280 x 1024 at 400 %. */
const ENLARGED = { width: 320, height: 256 };

let page: Page;
const inBrowser = openScreens({}, (opened) => (page = opened));

const { answer, button, field, heading, main, show, status } = onScreen(() => page);

async function signUp(): Promise<void> {
  await page.evaluate((input) => screens.auth.register(input), { email: newEmail(), password: PASSWORD });
}

async function expectInSight(text: string): Promise<void> {
  await status(text);
  const notice = main().getByRole('status').filter({ hasText: text });
  await until(async () => {
    const { top, bottom } = await notice.evaluate((element) => element.getBoundingClientRect());
    return top >= 0 && bottom <= ENLARGED.height;
  }, `"${text}" in sight`);
}

inBrowser('in a small window, the answer to a form is in sight', () => {
  test('if it failed', async () => {
    await page.setViewportSize(ENLARGED);
    await show('SignIn');
    await field('email').fill(newEmail());
    await field('password').fill(PASSWORD);
    for (const text of ['The email address or the password is wrong.', 'The service cannot be reached.']) {
      await button('Sign in').click();
      await expectInSight(text);
      await answer({ Login: 'fails' });
    }
  });

  test('if it succeeded, also in a section of the account', async () => {
    await page.setViewportSize(ENLARGED);
    await signUp();
    await show('Account');
    await main().getByText('Edit profile').click();
    await field('displayName').fill('Ada');
    await button('Save profile').click();
    await expectInSight('Profile saved.');
  });
});

inBrowser('a link that has expired', () => {
  test.each([
    ['VerifyEmail', 'Verify email address'],
    ['ResetPassword', 'Save password'],
    ['AcceptInvitation', 'Accept invitation'],
  ] as const)('is what a screen reader says of %s', async (screen, submit) => {
    await answer(failure(screen, 'AUTH_INVALID_TOKEN'));
    await show(screen, { token: 'a-token' });
    for (const password of await main().locator('input[type=password]').all()) await password.fill(PASSWORD);
    await button(submit).click();
    await main().locator('section[data-view=expired]').waitFor();
    const spoken = await page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-describedby');
      return document.getElementById(id ?? '')?.textContent;
    });
    expect(spoken).toMatch(/expired/);
  });
});

inBrowser('whoever goes back to a form finds what was entered in', () => {
  test('SignIn, without the password', async () => {
    await answer(failure('Login', 'AUTH_EMAIL_NOT_VERIFIED'));
    await show('SignIn');
    await field('email').fill('ada@example.com');
    await field('password').fill(PASSWORD);
    await button('Sign in').click();
    await button('Back to sign-in').click();
    expect(await field('email').inputValue()).toBe('ada@example.com');
    expect(await field('password').inputValue()).toBe('');
    await button('Sign in').click();
    await main().getByText('Enter your password.').waitFor();
    expect(await field('email').inputValue()).toBe('ada@example.com');
  });

  test('SignUp, to correct the address', async () => {
    await answer(answerOf('Register', { __typename: 'EmailVerificationRequired', email: 'ada@exmaple.com' }));
    await show('SignUp');
    const entered = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@exmaple.com' };
    for (const [name, value] of Object.entries({ ...entered, password: PASSWORD })) await field(name).fill(value);
    await button('Create account').click();
    await heading('Check your email');
    await button('Use another address').click();
    for (const [name, value] of Object.entries({ ...entered, password: '' }))
      expect(await field(name).inputValue()).toBe(value);
  });
});

inBrowser('a section of the account that could not be loaded', () => {
  test('keeps the focus of the keyboard when it is there', async () => {
    await signUp();
    await answer({ Me: 'fails' });
    await show('Account');
    await button('Try again').first().focus();
    await answer({});
    await page.keyboard.press('Enter');
    await main().getByText('Edit profile').waitFor();
    expect(await main().locator('section:focus').getAttribute('aria-label')).toBe('Profile');
  });
});
