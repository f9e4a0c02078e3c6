import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { describeFailure, fetchJson, type Fetch } from '../../packages/verifier/src/fetch-json.js';

const URI = 'https://auth.example.com/.well-known/jwks.json';

function request(uri: string, send: Fetch = fetch): Promise<unknown> {
  return fetchJson(send, uri, {
    tag: undefined,
    maxBytes: 100,
    timeoutMs: 5_000,
    closed: new AbortController().signal,
  });
}

test('a failed request is described with its cause', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const failure = await request(`http://127.0.0.1:${String(port)}`).catch(describeFailure);
  expect(failure).toBe('TypeError: fetch failed (ECONNREFUSED)');
});

test.each([
  ['(unexpected redirect)', new Error('unexpected redirect')],
  ['(stopped)', new DOMException('stopped', 'AbortError')],
  ['(no proxy at http://proxy:3128/)', new Error('no proxy at http://user:secret@proxy:3128/')],
  ['', 'offline'],
  ['', null],
  ['', undefined],
])('the reason of a failed request is %j', (reason, cause) => {
  expect(describeFailure(new TypeError('fetch failed', { cause }))).toBe(`TypeError: fetch failed ${reason}`.trim());
});

test.each([null, undefined, 'offline', 7])('a failure that is not an error, %j, is described too', (failure) => {
  expect(describeFailure(failure)).toBe(String(failure));
});

test('a redirect is a failure, and is not followed', async () => {
  const requested: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    requested.push(url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(request(`http://127.0.0.1:${String(port)}/`)).rejects.toThrow('the response has the status 302');
  expect(requested).toEqual(['/']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test.each([404, 503])('a response with the status %d leaves no connection open', async (status) => {
  let isOpen = true;
  const body = new ReadableStream({ cancel: () => void (isOpen = false) });
  const send = (): Promise<Response> => Promise.resolve(new Response(body, { status }));
  await expect(request(URI, send)).rejects.toThrow(`the response has the status ${String(status)}`);
  expect(isOpen).toBe(false);
});

test('a response that is too long leaves no connection open', async () => {
  let isOpen = true;
  const body = new ReadableStream({
    pull: (chunks) => chunks.enqueue(new Uint8Array(60)),
    cancel: () => void (isOpen = false),
  });
  await expect(request(URI, () => Promise.resolve(new Response(body)))).rejects.toThrow('longer than 100 bytes');
  expect(isOpen).toBe(false);
});

test.each([
  ['max-age=300', undefined, 300, 0],
  ['max-age=300', '299', 300, 299],
  ['max-age=300', '400', 300, 300],
  ['max-age=300', 'soon', 300, 0],
  ['max-age=300', '-5', 300, 0],
  [undefined, '100', 300, 100],
  ['max-age=90000', '80000', 3600, 3600],
])(
  'with cache-control %s and age %s, a response may be used for %d seconds, of which %d have passed',
  async (cacheControl, age, maxAgeSeconds, ageSeconds) => {
    const headers = { ...(cacheControl && { 'cache-control': cacheControl }), ...(age && { age }) };
    const answer = await request(URI, () => Promise.resolve(Response.json({}, { headers })));
    expect(answer).toMatchObject({ maxAgeSeconds, ageSeconds });
  },
);
