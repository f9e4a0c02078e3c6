import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { addDevelopmentRoutes } from '../../src/cli/service/development/development-routes.js';
import { createServer } from '../../src/cli/service/server.js';
import { readSettings } from '../../src/config/env.js';
import { createFileMailer } from '../../src/core/email/file-mailer.js';
import { PRODUCTION } from '../support/production-settings.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const LINK = 'http://localhost:4001/account/verify-email?a=1&token=public';
const HTML = `<!doctype html><html><head><title>Mail</title></head><body><script>alert(1)</script><a href="${LINK.replace('&', '&amp;')}">Verify</a></body></html>`;

let app: TestApp;
let data: string;
beforeAll(async () => {
  app = await createTestApp({ environment: 'development' });
  data = await mkdtemp(join(tmpdir(), 'auth-subgraph-mail-'));
});
afterAll(() => rm(data, { recursive: true }));

async function serverWith(variables: Record<string, string>, folder = data): Promise<FastifyInstance> {
  const settings = readSettings({ DATA_DIR: folder, ...variables });
  return createServer(app.auth, {
    trustedHops: 1,
    addRoutes: (server) => addDevelopmentRoutes(server, settings, app.auth.config),
  });
}

async function writeMails(): Promise<void> {
  let time = Date.parse('2026-11-24T08:30:00.000Z');
  const clock = { now: () => new Date((time += 1000)) };
  const mailer = createFileMailer({
    folder: join(data, 'mail'),
    from: 'no-reply@example.com',
    announce: () => undefined,
    clock,
  });
  const mail = { to: 'ada@example.com', text: `Follow ${LINK} or <b>not</b>.`, html: HTML };
  await mailer.send({ ...mail, subject: 'Grüße <first>', id: 'verify-email.1' });
  await mailer.send({ ...mail, subject: 'Second', id: 'verify-email.2' });
  await writeFile(join(data, 'mail', 'notes.txt'), 'not an email');
}

const NEWEST = '20261124T083002.000Z-verify-email.2.eml';
const OLDEST = '20261124T083001.000Z-verify-email.1.eml';

test('a folder without emails is an empty page', async () => {
  const server = await serverWith({}, join(data, 'nothing'));
  const { statusCode, body } = await server.inject('/dev/mail');
  expect([statusCode, body.includes('There are no emails yet')]).toEqual([200, true]);
});

test('the emails in the folder are listed, newest first, with the text and the HTML of one', async () => {
  await writeMails();
  const server = await serverWith({});
  const first = await server.inject('/dev/mail');
  expect(first.statusCode).toBe(200);
  expect([...first.body.matchAll(/<li><a href="([^"]+)"/g)].map(([, address]) => address)).toEqual([
    `/dev/mail/${NEWEST}`,
    `/dev/mail/${OLDEST}`,
  ]);
  expect(first.body).toContain('<h2>Second</h2>');
  const { body } = await server.inject(`/dev/mail/${OLDEST}`);
  expect(body).toContain('<h2>Grüße &#60;first&#62;</h2>');
  expect(body).toContain('<dd>ada@example.com</dd>');
  const link = LINK.replace('&', '&#38;');
  expect(body).toContain(
    `Follow <a href="${link}" target="_blank" rel="noopener">${link}</a> or &#60;b&#62;not&#60;/b&#62;.`,
  );
  expect(body).toContain(`src="/dev/mail/${OLDEST}/html"`);
});

test('the HTML of an email runs no script and loads nothing, and its links open in a new tab', async () => {
  const server = await serverWith({});
  const page = await server.inject(`/dev/mail/${NEWEST}`);
  expect(page.body).toContain('<iframe sandbox="allow-popups allow-popups-to-escape-sandbox"');
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  const frame = await server.inject(`/dev/mail/${NEWEST}/html`);
  const policy = String(frame.headers['content-security-policy']).split('; ');
  expect(policy).toEqual(
    expect.arrayContaining(["default-src 'none'", 'sandbox allow-popups allow-popups-to-escape-sandbox']),
  );
  expect(policy.join()).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
  expect(frame.body).toContain('<head><base target="_blank">');
});

test.each(['notes.txt', 'missing.eml', '..%2Fjwt-secret', '%2e%2e%2fmail%2fnotes.txt', `${NEWEST}%00`])(
  'no file but the listed emails can be read: %s',
  async (name) => {
    await writeFile(join(data, 'jwt-secret'), 'secret');
    const server = await serverWith({});
    for (const address of [`/dev/mail/${name}`, `/dev/mail/${name}/html`])
      expect((await server.inject(address)).statusCode).toBe(404);
  },
);

test.each([
  { from: 'another machine', remoteAddress: '192.168.1.20', headers: {} },
  { from: 'a page of another site that resolves its name to this machine', headers: { host: 'evil.example:4001' } },
  { from: 'a name that only starts with localhost', headers: { host: 'localhost.evil.example' } },
  { from: 'a proxy on this machine', headers: { host: 'localhost:4001', 'x-forwarded-for': '127.0.0.1' } },
])('there is nothing for $from', async ({ headers, remoteAddress = '127.0.0.1' }) => {
  const server = await serverWith({});
  for (const url of ['/dev/mail', `/dev/mail/${NEWEST}`, `/dev/mail/${NEWEST}/html`]) {
    const answer = await server.inject({ url, headers: { host: 'localhost:4001', ...headers }, remoteAddress });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual((await server.inject('/nowhere')).json());
  }
});

test.each([
  ['1.1', 200],
  ['1.0', 404],
])('a request in HTTP/%s, which browsers or nginx without settings send, gets %d', async (version, status) => {
  const server = await serverWith({});
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET /dev/mail HTTP/${version}\r\nHost: 127.0.0.1:4001\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
  await server.close();
});

test.each(['localhost:4001', '127.0.0.1:4001', '[::1]:4001', 'LOCALHOST'])(
  'a browser on this machine may call it %s',
  async (host) => {
    const server = await serverWith({});
    expect((await server.inject({ url: '/dev/mail', headers: { host } })).statusCode).toBe(200);
  },
);

test('the preview is read-only', async () => {
  const server = await serverWith({});
  const { body: before } = await server.inject('/dev/mail');
  for (const method of ['POST', 'DELETE', 'PUT'] as const)
    for (const url of ['/dev/mail', `/dev/mail/${NEWEST}`])
      expect((await server.inject({ method, url })).statusCode).toBe(405);
  expect((await server.inject('/dev/mail')).body).toBe(before);
});

test.each<{ where: string; variables: Record<string, string> }>([
  { where: 'with a mail server', variables: { SMTP_URL: 'smtp://127.0.0.1:2525' } },
  { where: 'in production', variables: PRODUCTION },
  { where: 'in tests', variables: { NODE_ENV: 'test' } },
])('there is no preview $where', async ({ variables }) => {
  const server = await serverWith(variables);
  expect((await server.inject('/dev/mail')).statusCode).toBe(404);
  expect(server.hasRoute({ method: 'GET', url: '/dev/mail' })).toBe(false);
});
