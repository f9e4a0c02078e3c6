import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { freePort } from './free-port.js';
import { startService, type ServiceProcess } from './service-process.js';

/** The pages of a service in Chromium, which can reach no other host. */
export interface PagesBrowser {
  readonly service: ServiceProcess;
  readonly origin: string;
  /** The hosts of all requests. */
  readonly hosts: ReadonlySet<string>;
  open(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Failed requests, errors and violations of a policy since the last call. */
  problems(): string[];
  close(): Promise<void>;
}

/** @param settings of the service, which listens on a free port unless they name one */
export async function startPagesBrowser(settings: Readonly<Record<string, string>>): Promise<PagesBrowser> {
  const { PORT = String(await freePort()) } = settings;
  const service = await startService({ ...settings, PORT });
  const browser = await launchChromium('--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost');
  const hosts = new Set<string>();
  const problems: string[] = [];
  return {
    service,
    origin: `http://localhost:${PORT}`,
    hosts,
    open: async (options) => watch(await browser.newContext({ locale: 'en-US', ...options }), hosts, problems),
    problems: () => problems.splice(0),
    close: async () => {
      await browser.close();
      await service.stop();
    },
  };
}

function watch(context: BrowserContext, hosts: Set<string>, problems: string[]): BrowserContext {
  context.setDefaultTimeout(60_000);
  context.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(host);
  });
  context.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {};
    // A page that is left takes back its requests.
    if (errorText !== 'net::ERR_ABORTED') problems.push(`${errorText}: ${request.url()}`);
  });
  context.on('weberror', (error) => problems.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return context;
}
