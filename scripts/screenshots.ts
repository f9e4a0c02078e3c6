import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { takeNewcomerPictures } from './screenshots/newcomer.js';
import { takeScreenPictures } from './screenshots/screens.js';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));

/** Takes the pictures of the documentation again. */
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  await takeScreenPictures(browser, `${FOLDER}ui`);
} finally {
  await browser.close();
}
await takeNewcomerPictures(FOLDER);
