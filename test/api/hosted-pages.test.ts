import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { PAGE_NAMES } from '../../packages/pages/src/page-names.js';
import type { PageSettings } from '../../packages/pages/src/page-settings.js';
import { prepareBrowserRoutes } from '../../src/cli/service/browser-routes.js';
import { createServer } from '../../src/cli/service/server.js';
import { pageSettings } from '../../src/cli/service/pages/page-settings.js';
import { readSettings } from '../../src/config/env.js';
import { blocksOf, readPage } from '../support/pages.js';
import { PRODUCTION } from '../support/production-settings.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const FILES = { 'main-ABCD1234.js': 'let page;', 'main-EFGH5678.css': '@layer auth-ui;', 'notes.txt': 'private' };

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await createTestApp({ environment: 'development' });
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-pages-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

interface Site {
  readonly server: FastifyInstance;
  /** The messages in the log. */
  readonly messages: () => unknown[];
  readonly get: (url: string) => Promise<LightMyRequestResponse>;
}

async function siteWith(
  variables: Readonly<Record<string, string>> = {},
  built = folder,
  auth = app.auth,
): Promise<Site> {
  const { lines, logger } = recordingLogger();
  const routes = await prepareBrowserRoutes(readSettings(variables), built, logger);
  const addRoutes = (server: FastifyInstance): void => routes.add(server, auth.config);
  const server = await createServer(auth, { trustedHops: 0, addRoutes });
  return { server, messages: () => lines().map(({ msg }) => msg), get: async (url) => server.inject(url) };
}

/** What the pages are told. */
function settingsIn({ body }: LightMyRequestResponse): Record<string, unknown> {
  const [, escaped = ''] = /data-settings="([^"]*)"/.exec(body) ?? [];
  const text = escaped.replace(/&#(\d+);/g, (_match, code) => String.fromCharCode(Number(code)));
  return JSON.parse(text) as Record<string, unknown>;
}

describe('the pages', () => {
  test.each(PAGE_NAMES)('%s is a document that is never stored, and runs nothing but its own script', async (page) => {
    const { get } = await siteWith();
    const { statusCode, headers, body } = await get(`/account/${page}?continue=x`);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; " +
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    });
    expect(body).toContain('<script type="module" src="/account/assets/main-ABCD1234.js"></script>');
    expect(body).not.toMatch(/https?:|<script>|<style|\sstyle=|\son\w+=/);
  });

  test('have files that browsers keep, and no others', async () => {
    const { get } = await siteWith();
    for (const [name, type] of [
      ['main-ABCD1234.js', 'text/javascript; charset=utf-8'],
      ['main-EFGH5678.css', 'text/css; charset=utf-8'],
    ] as const) {
      const { body, headers, statusCode } = await get(`/account/assets/${name}`);
      expect({ statusCode, body }).toEqual({ statusCode: 200, body: FILES[name] });
      expect(headers).toMatchObject({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' });
    }
    for (const name of ['notes.txt', 'missing.js', '..%2f..%2fpackage.json', '%2e%2e%2fpackage.json'])
      expect((await get(`/account/assets/${name}`)).statusCode).toBe(404);
  });

  test('an address without a page is a page that says so', async () => {
    const { get } = await siteWith();
    const missing = await get('/account/accept-everything');
    expect(missing.statusCode).toBe(404);
    expect(missing.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(missing.headers['cache-control']).toBe('no-store');
    for (const query of ['', '?continue=https%3A%2F%2Fapp.example.com%2F']) {
      for (const path of ['/account', '/account/']) {
        const { headers, statusCode } = await get(`${path}${query}`);
        expect([statusCode, headers.location]).toEqual([302, `/account/account${query}`]);
      }
    }
  });

  test.each([
    ['/account/sign-in/', '/account/sign-in'],
    [
      '/account/sign-in/?continue=https%3A%2F%2Fapp.example.com%2F',
      '/account/sign-in?continue=https%3A%2F%2Fapp.example.com%2F',
    ],
    ['/account/verify-email/?a=1&b=?/', '/account/verify-email?a=1&b=?/'],
    ['/account/nope/', '/account/nope'],
    ['/account//', '/account/'],
    ['/account/%2F%2Fevil.example/', '/account/%2F%2Fevil.example'],
    ['/account/%5C%0D%0Aevil.example/', '/account/%5C%0D%0Aevil.example'],
    ['/account/..%2F%2Fevil.example/', '/account/..%2F%2Fevil.example'],
  ])('are also found with a slash at the end: %s', async (path, location) => {
    const { get } = await siteWith();
    const { headers, statusCode } = await get(path);
    expect([statusCode, headers.location]).toEqual([302, location]);
    expect(new URL(location, 'https://auth.example.com').pathname).toMatch(/^\/account\//);
  });

  test.each(['//evil.example/', '/account//evil.example/', '//account/sign-in/'])(
    'are nowhere else, and %s leads nowhere',
    async (path) => {
      const { get } = await siteWith();
      const { headers, statusCode } = await get(path);
      expect([statusCode, headers.location]).toEqual([404, undefined]);
    },
  );

  test('respond with an error that is not cached if a file cannot be read', async () => {
    const theme = join(folder, 'theme.txt');
    await writeFile(theme, 'a {}');
    const { get } = await siteWith({ PAGES_THEME: theme });
    const [, name = ''] = /\/account\/assets\/(theme-\w+\.css)/.exec((await get('/account/sign-in')).body) ?? [];
    expect((await get(`/account/assets/${name}`)).statusCode).toBe(200);
    await rm(theme);
    const { body, headers, statusCode } = await get(`/account/assets/${name}`);
    expect(statusCode).toBe(500);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  });

  test('send operations to the gateway that is set, which the policy allows', async () => {
    const { get } = await siteWith({ PAGES_GRAPHQL_URL: 'https://api.example.com/graphql' });
    const page = await get('/account/sign-in');
    expect(page.headers['content-security-policy']).toContain("connect-src 'self' https://api.example.com;");
    expect(settingsIn(page)).toMatchObject({ graphqlUrl: 'https://api.example.com/graphql' });
  });

  test('are told where the service is, and no secret', async () => {
    const options: TestOptions = {
      environment: 'development',
      refreshCookie: { enabled: true, allowedOrigins: 'http://localhost:4001' },
    };
    const { auth } = await createTestApp(options);
    const variables = {
      PAGES_CONTINUE_ORIGINS: 'https://a.example, https://b.example/',
      MAIL_PRODUCT_NAME: '"Acme" & <Co>',
    };
    const { get } = await siteWith(variables, folder, auth);
    const expected: PageSettings = {
      productName: '"Acme" & <Co>',
      graphqlUrl: '/graphql',
      mode: 'cookie',
      continueOrigins: ['https://a.example', 'https://b.example'],
    };
    expect(settingsIn(await get('/account/sign-in'))).toEqual(expected);
    // The two descriptions of the settings agree.
    const told: PageSettings = pageSettings(readSettings(variables), auth.config);
    expect(told).toEqual(expected);
    expect(settingsIn(await (await siteWith()).get('/account/sign-in'))).toMatchObject({
      mode: 'token',
      continueOrigins: [],
    });
  });

  test('have the theme that is set, under a name that changes with it', async () => {
    const theme = join(folder, 'theme of Acme.css');
    const names: string[] = [];
    for (const text of [':root { --auth-color-accent: green }', ':root { --auth-color-accent: teal }']) {
      await writeFile(theme, text);
      const { get } = await siteWith({ PAGES_THEME: theme });
      const styles = [...(await get('/account/sign-in')).body.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)];
      const [, name = ''] = styles[1] ?? [];
      expect((await get(name)).body).toBe(text);
      names.push(name);
    }
    expect(new Set(names).size).toBe(2);
  });

  test('use every variable in the theme of the guide', () => {
    const [theme] = blocksOf('docs/guides/pages.md', 'css');
    const names = theme?.code.match(/--[\w-]+(?=:)/g) ?? [];
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(readPage('packages/ui/styles.css')).toContain(`var(${name})`);
  });

  test('do not start with a theme that cannot be read', async () => {
    await expect(siteWith({ PAGES_THEME: join(folder, 'missing.css') })).rejects.toThrow(
      'pages.theme cannot be read (ENOENT); write the path of a CSS file, or remove it',
    );
  });

  test('are left out, and the log says so, if they have not been built', async () => {
    const { get, messages } = await siteWith({}, join(folder, 'nothing'));
    expect((await get('/account/sign-in')).statusCode).toBe(404);
    expect(messages()).toEqual(['the pages have not been built, so links in emails lead nowhere: run `npm run build`']);
  });

  test.each<Record<string, string>>([{ NODE_ENV: 'test' }, { PAGES_ENABLED: 'false' }, PRODUCTION])(
    'are not there with %j',
    async (variables) => {
      const { messages, server } = await siteWith(variables);
      expect(server.hasRoute({ method: 'GET', url: '/account/:name' })).toBe(false);
      expect(messages()).toEqual([]);
    },
  );

  test('are there in production if their origin is set', async () => {
    const { get } = await siteWith({ ...PRODUCTION, PAGES_PUBLIC_URL: 'https://auth.example.com' });
    expect((await get('/account/sign-in')).statusCode).toBe(200);
  });
});
