import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../chromium.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { freePort } from '../free-port.js';
import { startMailServer, type MailServer } from '../mail-server.js';
import { startPageServer, type PageServer } from '../page-server.js';
import { startService } from '../service-process.js';
import { screensSite } from './screens-site.js';

/** The screens in Chromium, on a page of the real service. */
export interface ScreensBrowser {
  readonly mails: MailServer;
  readonly pages: PageServer;
  readonly databaseUrl: string;
  /** What went wrong in the pages since the last call: errors, violations of the policy, and requests elsewhere. */
  problems(): string[];
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** @param settings of the service */
export async function startScreensBrowser(settings: Readonly<Record<string, string>> = {}): Promise<ScreensBrowser> {
  const database: TestDatabase = await createTestDatabase();
  const port = await freePort();
  const [mails, site] = await Promise.all([startMailServer(), screensSite(19)]);
  const service = await startService({
    DATABASE_URL: database.url,
    REFRESH_COOKIE_ENABLED: 'true',
    REFRESH_COOKIE_ALLOWED_ORIGINS: `http://localhost:${String(port)}`,
    SMTP_URL: mails.url,
    ...settings,
  });
  const pages = await startPageServer(port, () => service.url, site);
  const browser = await launchChromium();
  const problems: string[] = [];
  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    // Colours that are still changing have no contrast yet.
    const page = await browser.newPage({ reducedMotion: 'reduce', ...options });
    page.on('pageerror', (error) => problems.push(String(error)));
    // Violations of the policy too.
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(pages.url)) problems.push(`a request to ${request.url()}`);
    });
    await page.goto(pages.url);
    return page;
  };
  return {
    mails,
    pages,
    databaseUrl: database.url,
    problems: () => problems.splice(0),
    open,
    close: async () => {
      await browser.close();
      await database.drop();
    },
  };
}
