import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { askGateway } from './gateways/ask-gateway.js';
import { ROOT } from './pages.js';

const HTML = `<!doctype html>
<title>Page</title>
<script src="/client.js"></script>
<script>globalThis.auth = AuthSubgraph.createAuthClient({ url: '/graphql', mode: 'cookie' });</script>`;

/** What happens to the requests of an operation. */
export type Fault = 'answers 500' | 'answers with HTML' | 'is cut' | 'is held';

/** What a page server serves besides the operations. */
export interface Site {
  readonly headers: Readonly<Record<string, string>>;
  /** By path; `/` is served for all others. */
  readonly files: Readonly<Record<string, { readonly type: string; readonly body: string } | undefined>>;
}

/** Serves a site, and forwards its operations to a gateway. */
export interface PageServer {
  readonly url: string;
  /** What is served from now on. */
  site: Site;
  /** The names of the operations, in order. */
  readonly operations: string[];
  /** The faults, by operation; `*` is for all others. */
  readonly faults: Record<string, Fault | undefined>;
  /** Lets the requests that are held go on. */
  release(): void;
}

const running = new Set<Server>();
afterAll(async () => {
  for (const server of running) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A page that has the client. */
async function clientSite(): Promise<Site> {
  const words = ['--bundle', '--format=iife', '--global-name=AuthSubgraph'];
  const esbuild = `${ROOT}node_modules/esbuild/bin/esbuild`;
  const { stdout: script } = await promisify(execFile)(esbuild, [`${ROOT}packages/client/src/index.ts`, ...words]);
  const files = {
    '/': { type: 'text/html', body: HTML },
    '/client.js': { type: 'text/javascript', body: script },
  };
  return { headers: {}, files };
}

/** @param port a free port, which is part of the origin that the service has to allow */
export async function startPageServer(
  port: number,
  gatewayUrl: () => string,
  site: Site | Promise<Site> = clientSite(),
): Promise<PageServer> {
  const held: (() => void)[] = [];
  const page: PageServer = {
    url: `http://localhost:${String(port)}`,
    site: await site,
    operations: [],
    faults: {},
    release: () => {
      for (const go of held.splice(0)) go();
    },
  };
  const server = createServer((request, response) => {
    if (request.url === '/graphql')
      // Requests of pages that are closing outlive the gateway.
      void forward(page, gatewayUrl(), held, request, response).catch(() => response.writeHead(502).end());
    else serve(page, request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  running.add(server);
  return page;
}

function serve({ site }: PageServer, { url = '/' }: IncomingMessage, response: ServerResponse): void {
  const file = site.files[new URL(url, 'http://localhost').pathname] ?? site.files['/'];
  response.writeHead(200, { ...site.headers, 'content-type': file?.type ?? 'text/html' }).end(file?.body);
}

async function forward(
  page: PageServer,
  gatewayUrl: string,
  held: (() => void)[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const operation = /(?:mutation|query) (\w+)/.exec(body)?.[1] ?? '';
  page.operations.push(operation);
  const fault = page.faults[operation] ?? page.faults['*'];
  if (fault === 'answers 500') return void response.writeHead(500).end('{}');
  if (fault === 'answers with HTML') return void response.setHeader('content-type', 'text/html').end(HTML);
  if (fault === 'is held') await new Promise<void>((resolve) => held.push(resolve));
  const { cookie, origin, authorization } = request.headers;
  const {
    status,
    text: result,
    setCookies = [],
  } = await askGateway(gatewayUrl, body, {
    'content-type': 'application/json',
    ...(cookie !== undefined && { cookie }),
    ...(origin !== undefined && { origin }),
    ...(authorization !== undefined && { authorization }),
  });
  if (fault === 'is cut') return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': [...setCookies] });
  response.end(result);
}
