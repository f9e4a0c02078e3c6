import { expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { AuthClient, AuthState } from '@auth-subgraph/client';
import { startPostsSubgraph, type PostsSubgraph } from '../../examples/supergraph/posts-subgraph.js';
import { launchChromium } from './chromium.js';
import { createTestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { startHiveGateway } from './gateways/hive-gateway.js';
import { DEFAULT_PASSWORD, newEmail } from './graphql-client.js';
import { startPageServer, type PageServer, type Site } from './page-server.js';
import { startService } from './service-process.js';
import { TEST_SECRET } from './test-secret.js';

// In the page.
declare const auth: AuthClient;

/** Pages with the client in Chromium, in front of Hive Gateway, the service and a subgraph of posts. */
export interface ClientPages {
  readonly server: PageServer;
  readonly posts: PostsSubgraph;
  /** How far the clock of the posts subgraph is behind. */
  readonly postsClock: { behindMs: number };
  /** The browser of one user; another one in each test. */
  context: BrowserContext;
  openTab(): Promise<Page>;
  /** Tabs in which the same new user is signed in. */
  openTabs(count: number): Promise<Page[]>;
  /** How often the pages have sent an operation. */
  countOf(operation: string): number;
  beforeTest(): Promise<void>;
  /** Closes the browser of the user, and fails if there was an error in a page. */
  afterTest(): Promise<void>;
  close(): Promise<void>;
}

/** @param settings of the service */
export async function startClientPages(
  settings: Readonly<Record<string, string>> = {},
  site?: Promise<Site>,
): Promise<ClientPages> {
  const database = await createTestDatabase();
  const port = await freePort();
  const service = await startService({
    DATABASE_URL: database.url,
    REFRESH_COOKIE_ENABLED: 'true',
    REFRESH_COOKIE_ALLOWED_ORIGINS: `http://localhost:${String(port)}`,
    ...settings,
  });
  const postsClock = { behindMs: 0 };
  const clock = { now: () => new Date(Date.now() - postsClock.behindMs) };
  const posts = await startPostsSubgraph({ secret: TEST_SECRET, clock });
  const target = { url: service.url, tokens: undefined, routerSecret: false, cookies: true };
  const gateway = await startHiveGateway({ auth: target, postsUrl: posts.url });
  const server = await startPageServer(port, () => gateway.url, site);
  const browser = await launchChromium();
  const close = async (): Promise<void> => {
    await browser.close();
    await gateway.stop();
    await posts.stop();
    await service.stop();
    await database.drop();
  };
  return pagesOf({ server, posts, postsClock, close }, browser);
}

function pagesOf(parts: Pick<ClientPages, 'server' | 'posts' | 'postsClock' | 'close'>, browser: Browser): ClientPages {
  const { server, postsClock } = parts;
  const errors: string[] = [];
  const pages: ClientPages = {
    ...parts,
    context: undefined as unknown as BrowserContext,
    async openTab() {
      const tab = await pages.context.newPage();
      // Unhandled rejections too.
      tab.on('pageerror', (error) => errors.push(String(error)));
      await tab.goto(server.url);
      return tab;
    },
    async openTabs(count) {
      const tabs: Page[] = [];
      for (let opened = 0; opened < count; opened += 1) tabs.push(await pages.openTab());
      await registerIn(tabs[0]!);
      for (const tab of tabs) await tab.evaluate(() => auth.ready());
      server.operations.length = 0;
      return tabs;
    },
    countOf: (operation) => server.operations.filter((name) => name === operation).length,
    async beforeTest() {
      pages.context = await browser.newContext();
    },
    async afterTest() {
      for (const operation of Object.keys(server.faults)) server.faults[operation] = undefined;
      server.release();
      postsClock.behindMs = 0;
      await pages.context.close();
      expect(errors.splice(0)).toEqual([]);
    },
  };
  return pages;
}

/** Registers a new user in a tab, and returns the email address. */
export async function registerIn(tab: Page): Promise<string> {
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  expect(await tab.evaluate(async (given) => (await auth.register(given)).__typename, input)).toBe('LoginSuccess');
  return input.email;
}

export const stateIn = (tab: Page): Promise<AuthState> => tab.evaluate(() => auth.state);

/** The different statuses of the tabs. */
export const statusesIn = async (tabs: readonly Page[]): Promise<string[]> => [
  ...new Set((await Promise.all(tabs.map(stateIn))).map(({ status }) => status)),
];

/** All tabs ask for a token at once; returns the kinds of answers. */
export async function askIn(tabs: readonly Page[]): Promise<string[]> {
  const answers = await Promise.all(tabs.map((tab) => tab.evaluate(async () => typeof (await auth.getAccessToken()))));
  return [...new Set(answers)];
}
