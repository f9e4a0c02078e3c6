import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Whether the browser of Debian is there. If not, the reason for skipped tests is printed once. */
export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stderr.write(`The tests in a browser are skipped: ${CHROMIUM} is missing.\n`);

/** @param args in addition to those that a container needs */
export function launchChromium(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] });
}
