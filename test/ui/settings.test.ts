import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newEmail } from '../support/graphql-client.js';
import { holdRequests } from '../support/hold-requests.js';
import { onScreen } from '../support/screens/on-screen.js';
import { openScreens } from '../support/screens/open-screens.js';
import type { ScreensPage } from '../support/screens/screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

let page: Page;
const inBrowser = openScreens({ PASSWORD_MIN_LENGTH: '12' }, (opened) => (page = opened));

const { main, show } = onScreen(() => page);
const hint = () => main().locator('[data-auth-part=field] [data-auth-part=hint]');
const signUpLink = () => main().getByRole('link', { name: 'Create one' });

async function submit(values: Record<string, string>): Promise<void> {
  await page.evaluate((given) => screens.fill(given), values);
  await main().locator('button[type=submit]').first().click();
}

inBrowser('the settings of the service', () => {
  const SCREENS = ['SignUp', 'ResetPassword', 'AcceptInvitation', 'ChangePassword'] as const;

  test('are shown as soon as they are loaded, and nothing else before', async () => {
    const release = await holdRequests(page, 'AuthSettings');
    for (const screen of SCREENS) {
      await show(screen, { token: 'token' });
      await main().locator('input[type=password]').first().waitFor();
      expect(await hint().count()).toBe(0);
    }
    await show('SignIn');
    await main().getByRole('link', { name: 'Forgot your password?' }).waitFor();
    expect(await signUpLink().count()).toBe(0);
    release();
    await signUpLink().waitFor();
    for (const screen of SCREENS) {
      await show(screen, { token: 'token' });
      await hint().getByText('Use at least 12 characters.').waitFor();
    }
  });

  test('hide the link to sign up if nobody may', async () => {
    const authSettings = { registrationEnabled: false, passwordMinLength: 12, passwordRules: [] };
    await page.evaluate((data) => void (screens.answers = { AuthSettings: { data } }), { authSettings });
    await show('SignUp');
    await hint().waitFor();
    await show('SignIn');
    expect(await signUpLink().count()).toBe(0);
  });

  test('are not needed to sign up', async () => {
    await page.evaluate(() => void (screens.answers = { AuthSettings: 'fails' }));
    await show('SignIn');
    await signUpLink().waitFor();
    await show('SignUp');
    await submit({ email: newEmail(), password: 'gxqzv7pwm' });
    await main().getByRole('alert').getByText('Choose another password.', { exact: true }).waitFor();
    expect(await hint().count()).toBe(0);
    await submit({ password: 'an otter with a lantern' });
    await main().locator('form[data-state=done]').waitFor();
    expect(await page.evaluate(() => screens.auth.state.status)).toBe('signedIn');
  });
});
