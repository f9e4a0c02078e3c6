import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decompressBody } from '../../src/platform/http/request-body.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const QUERY = JSON.stringify({ query: '{ __typename }' });
const LIMIT = 1024 * 1024;
const CODINGS: [string, (body: string | Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  // The best quality would take long, and the size is what matters here.
  ['br', (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })],
];

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function send(
  coding: string,
  payload: Buffer | string,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  const headers = { 'content-type': 'application/json', 'content-encoding': coding };
  const {
    statusCode,
    body,
    headers: replied,
  } = await app.server.inject({
    method: 'POST',
    url: '/graphql',
    headers,
    payload,
  });
  return { status: statusCode, text: body, headers: replied };
}

/** A request whose body decompresses to this many bytes. */
function bodyOf(bytes: number): string {
  const padding = ' '.repeat(bytes - QUERY.length);
  return `${QUERY.slice(0, -1)}${padding}}`;
}

describe.each(CODINGS)('a body in %s', (coding, compress) => {
  test('is read', async () => {
    expect(await send(coding, compress(QUERY))).toMatchObject({
      status: 200,
      text: '{"data":{"__typename":"Query"}}\n',
    });
  });

  test('has the same limit as one without compression', async () => {
    expect((await send(coding, compress(bodyOf(LIMIT)))).status).toBe(200);
    const { status, text } = await send(coding, compress(bodyOf(LIMIT + 1)));
    expect(status).toBe(413);
    expect(text).toContain('The request body is too large.');
  });

  test('that would fill the memory is rejected', async () => {
    expect((await send(coding, compress(Buffer.alloc(64 * LIMIT)))).status).toBe(413);
  });

  test('that is truncated, or in another format, is rejected', async () => {
    for (const payload of [compress(QUERY).subarray(0, -6), QUERY, '']) {
      const { status, text } = await send(coding, payload);
      expect(status).toBe(400);
      expect(text).toContain(`The request body is not valid ${coding.toLowerCase()}.`);
    }
  });

  test('is rejected if it is not JSON', async () => {
    const { status, text } = await send(coding, compress('{"query":'));
    expect(status).toBe(400);
    expect(text).toContain('The request body is not valid JSON.');
  });
});

test.each(CODINGS)('a body in %s is not decompressed beyond the limit', async (coding, compress) => {
  const headers = { 'content-encoding': coding };
  const request = { method: 'POST', headers, routeOptions: { bodyLimit: LIMIT } } as unknown as FastifyRequest;
  const reply = { header: () => undefined } as unknown as FastifyReply;
  const payload = Readable.from([compress(Buffer.alloc(LIMIT + 1))]);
  // Fastify would refuse the body as well, but only once all of it is there.
  await expect(decompressBody(request, reply, payload)).rejects.toMatchObject({ statusCode: 413 });
});

test('a body with the encoding identity is read as it is', async () => {
  expect((await send('identity', QUERY)).status).toBe(200);
});

test.each(['zstd', 'compress', 'gzip, br', 'aes128gcm', 'nonsense'])(
  'a body in %s is rejected with the supported encodings',
  async (coding) => {
    const { status, text, headers } = await send(coding, QUERY);
    expect(status).toBe(415);
    expect(text).toContain('The Content-Encoding of the request is not supported; send gzip, deflate or br.');
    expect(headers['accept-encoding']).toBe('gzip, deflate, br');
  },
);

test('a compressed body that never ends is rejected at the limit', async () => {
  const own = await createTestApp();
  await own.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = own.server.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const sending = httpRequest({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers });
  sending.on('error', () => undefined);
  sending.write(Buffer.alloc(LIMIT + 1));
  const [response] = (await once(sending, 'response')) as [{ statusCode: number; headers: Record<string, string> }];
  expect(response.statusCode).toBe(413);
  expect(response.headers['connection']).toBe('close');
  sending.destroy();
});

test('a compressed body whose client disconnects is not logged as an error', async () => {
  const request = { method: 'POST', headers: { 'content-encoding': 'gzip' }, routeOptions: { bodyLimit: LIMIT } };
  const reply = { header: () => undefined } as unknown as FastifyReply;
  const payload = new Readable({
    read: () => payload.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  });
  await expect(decompressBody(request as unknown as FastifyRequest, reply, payload)).rejects.toMatchObject({
    statusCode: 400,
  });
});
