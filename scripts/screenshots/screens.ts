import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Site } from '../../test/support/page-server.js';
import { bringAbout } from '../../test/support/screens/bring-about.js';
import { SIGNED_IN, SIGNED_OUT, type ScreenState } from '../../test/support/screens/screen-states.js';
import { screensSite } from '../../test/support/screens/screens-site.js';
import type {
  Answer,
  Language,
  Scheme,
  ScreenName,
  ScreensPage,
} from '../../test/support/screens/screens-page.types.js';

// In the page.
declare const screens: ScreensPage;

interface Picture {
  readonly file: string;
  readonly of: readonly [screen: ScreenName, state: string];
  readonly language?: Language;
  readonly scheme?: Scheme;
  readonly signedIn?: true;
}

/** The pictures of the guide to the screens. */
const PICTURES: readonly Picture[] = [
  { file: 'sign-in.png', of: ['SignIn', 'idle'] },
  { file: 'sign-up.png', of: ['SignUp', 'idle'], scheme: 'dark' },
  { file: 'check-your-email.png', of: ['ForgotPassword', 'sent'] },
  { file: 'locked.png', of: ['SignIn', 'AUTH_ACCOUNT_LOCKED'], language: 'de' },
  { file: 'verify-email.png', of: ['VerifyEmail', 'idle'], scheme: 'dark', language: 'fr' },
  { file: 'reset-password.png', of: ['ResetPassword', 'sent empty'] },
  { file: 'account.png', of: ['Account', 'idle'], signedIn: true },
  { file: 'sessions.png', of: ['Sessions', 'idle'], signedIn: true },
  { file: 'change-email.png', of: ['ChangeEmail', 'idle'], signedIn: true, scheme: 'dark', language: 'es' },
  { file: 'profile.png', of: ['Profile', 'editing'], signedIn: true },
  { file: 'security-events.png', of: ['SecurityEvents', 'idle'], signedIn: true, language: 'fr' },
];

/** A session that the page accepts: it reads the token and does not verify it. */
function signedIn(): Record<string, Answer> {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const accessToken = `${encode({ alg: 'none' })}.${encode({ sub: '1', sid: '1', scope: '', iat: 0, exp: 3600 })}.`;
  const result = {
    __typename: 'LoginSuccess',
    user: { id: '1' },
    session: { id: '1' },
    tokens: { accessToken, refreshToken: null },
  };
  return { Refresh: { data: { refresh: result } } };
}

const SIGNED_OUT_ANSWERS = { Refresh: { data: { refresh: { __typename: 'InvalidTokenError' } } } };
const SETTINGS = { registrationEnabled: true, passwordMinLength: 8, passwordRules: [] };

/** Takes the pictures of the screens into a folder, with answers that are made up. */
export async function takeScreenPictures(browser: Browser, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { files: site, headers } = await screensSite(19);
  const settings = JSON.stringify({ data: { authSettings: SETTINGS } });
  const files: Site['files'] = { ...site, '/graphql': { type: 'application/json', body: settings } };
  const server = createServer(({ url = '/' }, response) => {
    const file = files[url] ?? files['/'];
    response.writeHead(200, { ...headers, 'content-type': file?.type ?? '' }).end(file?.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    for (const picture of PICTURES) await takePicture(browser, address, picture, folder);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function takePicture(browser: Browser, address: string, picture: Picture, folder: string): Promise<void> {
  const { language = 'en', scheme = 'light' } = picture;
  const page = await browser.newPage({
    viewport: { width: 480, height: 400 },
    deviceScaleFactor: 1,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  try {
    await page.goto(address);
    const settings = page.waitForResponse(`${address}graphql`);
    await start(page, language, picture.signedIn ? signedIn() : SIGNED_OUT_ANSWERS);
    await settings;
    await bringAbout(page, stateOf(picture));
    await page.evaluate(() => screens.leave());
    await page.screenshot({ path: join(folder, picture.file), fullPage: true });
  } finally {
    await page.close();
  }
}

async function start(page: Page, language: Language, answers: Record<string, Answer>): Promise<void> {
  await page.evaluate(
    async ([given, spoken]) => {
      screens.answers = given;
      screens.speak(spoken);
      await screens.auth.ready();
    },
    [answers, language] as const,
  );
}

function stateOf({ of: [screen, name] }: Picture): ScreenState {
  const state = [...SIGNED_OUT, ...SIGNED_IN].find((one) => one.screen === screen && one.name === name);
  if (!state) throw new Error(`there is no state ${name} of ${screen}`);
  return state;
}
