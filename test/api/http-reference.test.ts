import { expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { addDevelopmentRoutes } from '../../src/cli/service/development/development-routes.js';
import { addPageRoutes } from '../../src/cli/service/pages/page-routes.js';
import { pageSettings } from '../../src/cli/service/pages/page-settings.js';
import { createServer } from '../../src/cli/service/server.js';
import { readSettings } from '../../src/config/env.js';
import { blocksOf, rowsUnder } from '../support/pages.js';
import { createTestApp } from '../support/test-app.js';

const PAGE = 'docs/reference/http.md';
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

const names = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** A server with all pages, and the paths that it serves. */
async function servedPaths(): Promise<{ server: FastifyInstance; paths: string[] }> {
  const { auth, server: plain } = await createTestApp();
  const paths = [...plain.printRoutes({ commonPrefix: false }).matchAll(/── (\S+) \(/g)].map(([, path = '']) => path);
  const addRoutes = (app: FastifyInstance): void => {
    app.addHook('onRoute', ({ url }) => {
      if (!paths.includes(url)) paths.push(url);
    });
    const settings = readSettings({});
    const bundle = { files: { script: '', styles: [] }, assets: new Map() };
    addPageRoutes(app, bundle, pageSettings(settings, auth.config));
    addDevelopmentRoutes(app, settings, auth.config);
  };
  return { server: await createServer(auth, { trustedHops: 0, addRoutes }), paths };
}

const listedPaths = (): { path: string; methods: string[] }[] =>
  rowsUnder(PAGE, 'Path|Methods|Returns').map(([path = '', methods]) => ({
    path: path.replaceAll('`', ''),
    methods: names(methods),
  }));

test('the page on HTTP lists every path with its methods, and no other', async () => {
  const { server, paths } = await servedPaths();
  const rows = listedPaths();
  for (const { path, methods } of rows) {
    // The server answers HEAD wherever it answers GET, as the page says below the table.
    const served = METHODS.filter((method) => method !== 'HEAD' && server.hasRoute({ method, url: path }));
    expect({ path, methods: [...methods].sort() }).toEqual({ path, methods: served });
    expect(server.hasRoute({ method: 'HEAD', url: path })).toBe(methods.includes('GET'));
  }
  expect(paths.sort()).toEqual(rows.map(({ path }) => path).sort());
});

test.each(listedPaths())('$path supports no other method than $methods', async ({ path, methods }) => {
  const { server } = await servedPaths();
  const url = path.replace(':name', 'some-name').replace('*', 'some/file.js');
  const { headers, statusCode } = await server.inject({ method: 'DELETE', url: `${url}?a=1` });
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  expect({ statusCode, allow: headers.allow }).toEqual({ statusCode: 405, allow: allowed.join(', ') });
  const longer = await server.inject({ method: 'DELETE', url: `/some${url}` });
  expect({ statusCode: longer.statusCode, allow: longer.headers.allow }).toEqual({ statusCode: 404 });
});

test('an error has the documented shape', async () => {
  const { server } = await createTestApp();
  const code = blocksOf(PAGE, 'json')[0]?.code ?? '';
  const missing = await server.inject('/nowhere');
  expect(missing.statusCode).toBe(404);
  expect(missing.json()).toEqual(JSON.parse(code));
  const long = await server.inject(`/.well-known/${'a'.repeat(10_000)}`);
  expect(long.statusCode).toBe(404);
  expect(long.json()).toEqual(JSON.parse(code));
});

test('the statuses of rejected requests are those of the page', async () => {
  const { server } = await createTestApp();
  const listed = rowsUnder(PAGE, 'Status|When').map(([status]) => Number(status));
  const json = { 'content-type': 'application/json' };
  const post = async (headers: Record<string, string>, payload: string): Promise<number> =>
    (await server.inject({ method: 'POST', url: '/graphql', headers, payload })).statusCode;
  const seen = [
    await post(json, '{ not json'),
    (await server.inject({ method: 'PUT', url: '/graphql' })).statusCode,
    await post(json, `{"query":"${'x'.repeat(1024 * 1024)}"}`),
    await post({ 'content-type': 'application/xml' }, '<a/>'),
    await post({ 'content-type': 'text/plain' }, '{"query":"{ __typename }"}'),
    await post({ ...json, accept: 'text/event-stream' }, '{"query":"{ __typename }"}'),
    await post({ ...json, accept: 'application/xml' }, '{"query":"{ __typename }"}'),
    await post({ ...json, 'content-encoding': 'zstd' }, '{}'),
    (await server.inject('/revocations?since=x')).statusCode,
    (await server.inject({ method: 'OPTIONS', url: '/.well-known/jwks.json' })).statusCode,
  ];
  expect(seen).toEqual([400, 405, 413, 415, 400, 406, 406, 415, 400, 204]);
  expect(listed).toEqual(expect.arrayContaining(seen));
});
