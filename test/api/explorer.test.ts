import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { addDevelopmentRoutes } from '../../src/cli/service/development/development-routes.js';
import { createServer } from '../../src/cli/service/server.js';
import { readSettings } from '../../src/config/env.js';
import { ConfigError } from '../../src/platform/options/config-error.js';
import { PRODUCTION } from '../support/production-settings.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const HOST = 'localhost:4001';

interface Tab {
  readonly initialName: string;
  readonly initialQuery: string;
  readonly endpointURL: string;
  readonly initialHeaders?: Readonly<Record<string, string>>;
  readonly initialPostRequestScript?: string;
}

interface Explorer {
  readonly app: TestApp;
  readonly server: FastifyInstance;
  readonly get: (url: string) => Promise<LightMyRequestResponse>;
}

async function explorerOf(variables: Readonly<Record<string, string>> = {}): Promise<Explorer> {
  const app = await createTestApp({ environment: 'development' });
  const settings = readSettings(variables);
  const addRoutes = (server: FastifyInstance): void => addDevelopmentRoutes(server, settings, app.auth.config);
  const server = await createServer(app.auth, { trustedHops: 0, addRoutes });
  return { app, server, get: async (url) => server.inject({ url, headers: { host: HOST } }) };
}

/** The options that the script of the page gives to the explorer. */
function optionsIn(script: string): { initialWindows: Tab[]; disableAccount: boolean } {
  let options: unknown;
  const init = (given: unknown): void => void (options = JSON.parse(JSON.stringify(given)));
  runInNewContext(script, { AltairGraphQL: { init } });
  return options as { initialWindows: Tab[]; disableAccount: boolean };
}

/** Runs the script of a tab as the explorer does after a response, and returns what it has kept. */
async function keptAfter({ initialPostRequestScript: script = '' }: Tab, body: unknown): Promise<object> {
  const kept: Record<string, string> = {};
  const helpers = { setEnvironment: (name: string, value: string) => void (kept[name] = value) };
  await runInNewContext(`(async () => { ${script} })()`, { altair: { response: { body }, helpers } });
  return kept;
}

test('the explorer consists of files of this service, and loads nothing from other sites', async () => {
  const { get } = await explorerOf();
  const page = await get('/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self' 'unsafe-eval';/);
  expect(String(page.headers['content-security-policy'])).not.toMatch(/https?:|\*/);
  expect(page.body).toContain('<base href="/explorer/">');
  const files = [...page.body.matchAll(/(?:src|href)="([^"/:]+)"/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect([file, (await get(`/explorer/${file}`)).statusCode]).toEqual([file, 200]);
});

test('the tabs are the operations of the terminal, and the token of a sign-in reaches the last one', async () => {
  const { app, get } = await explorerOf();
  const { initialWindows: tabs, disableAccount } = optionsIn((await get('/explorer/options.js')).body);
  expect(disableAccount).toBe(true);
  expect(tabs.map(({ initialName }) => initialName)).toEqual(['Register', 'Sign in', 'Ask who you are']);
  expect(new Set(tabs.map(({ endpointURL }) => endpointURL))).toEqual(new Set([`http://${HOST}/graphql`]));
  const [register, signIn, me] = tabs as [Tab, Tab, Tab];
  for (const tab of [register, signIn]) {
    const answer = await app.request(tab.initialQuery);
    const { tokens } = Object.values(answer.data as Record<string, { tokens: { accessToken: string } }>)[0]!;
    const kept = { token: tokens.accessToken };
    expect(await keptAfter(tab, JSON.parse(answer.text))).toEqual(kept);
    expect(await keptAfter(tab, answer.text)).toEqual(kept);
    const header = me.initialHeaders?.['Authorization']?.replace('{{token}}', kept.token);
    expect(header).toBe(`Bearer ${kept.token}`);
    expect((await app.request(me.initialQuery, {}, kept)).data).toMatchObject({ me: { email: 'ada@example.com' } });
  }
  const refused = await app.request(signIn.initialQuery.replace('battery', 'staple'));
  expect(await keptAfter(signIn, JSON.parse(refused.text))).toEqual({});
});

test('the scripts of tabs run in a frame without an origin', async () => {
  const { get } = await explorerOf();
  const frame = await get('/explorer/iframe-sandbox/index.html');
  expect(frame.statusCode).toBe(200);
  expect(frame.headers['content-security-policy']).toBe('sandbox allow-scripts');
});

test.each(['package.json', '../package.json', '..%2f..%2fpackage.json', '%2e%2e/index.js', 'iframe-sandbox', ''])(
  'no other file can be read: %j',
  async (path) => {
    const { get } = await explorerOf();
    expect((await get(`/explorer/${path}`)).statusCode).toBe(404);
  },
);

test.each([
  { from: 'another machine', remoteAddress: '192.168.1.20', headers: { host: HOST } },
  { from: 'a page of another site that resolves its name to this machine', headers: { host: 'evil.example:4001' } },
])('there is nothing for $from', async ({ headers, remoteAddress = '127.0.0.1' }) => {
  const { server } = await explorerOf();
  for (const url of ['/', '/explorer/main.js', '/explorer/options.js'])
    expect((await server.inject({ url, headers, remoteAddress })).statusCode).toBe(404);
});

test.each([{ NODE_ENV: 'test' }, { EXPLORER_ENABLED: 'false' }, PRODUCTION])(
  'there is no explorer with %j',
  async (variables) => {
    const { get, server } = await explorerOf(variables);
    expect((await get('/')).json()).toEqual((await get('/nowhere')).json());
    expect(server.hasRoute({ method: 'GET', url: '/' })).toBe(false);
  },
);

test('production refuses the explorer', () => {
  expect(() => readSettings({ ...PRODUCTION, EXPLORER_ENABLED: 'true' })).toThrow(
    new ConfigError([{ path: 'EXPLORER_ENABLED', problem: 'is true, which production refuses; remove it' }]),
  );
});
