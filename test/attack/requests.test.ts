import { once } from 'node:events';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { createAttackedApp, type AttackedApp } from '../support/attacked-app.js';

const LOGIN = 'mutation { login(input: { email: "ada@example.com", password: "a guess" }) { __typename } }';
const BODY = JSON.stringify({ query: LOGIN });
const FORM = `query=${encodeURIComponent(LOGIN)}`;
const MULTIPART = `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${BODY}\r\n--x--\r\n`;
const MEGABYTE = 1024 * 1024;

let attacked: AttackedApp;
beforeAll(async () => {
  attacked = await createAttackedApp();
  await attacked.app.server.listen({ host: '127.0.0.1', port: 0 });
});

test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'SEARCH', 'MKCOL'])(
  '%s does not run an operation',
  async (method) => {
    const { status } = await attacked.expectRefused({ method: method, payload: BODY });
    expect(status).toBe(405);
  },
);

describe('a login in the URL', () => {
  test.each<[string, string, number]>([
    ['alone', FORM, 405],
    ['with an operation name that is empty', `${FORM}&operationName=`, 405],
    ['beside a query', `query=%7B__typename%7D&${FORM}`, 400],
    ['with variables that are not JSON', `${FORM}&variables=%7B`, 400],
    ['with variables that are a list', `${FORM}&variables=%5B%5D`, 400],
    ['behind a persisted query', 'extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%7D%7D', 200],
  ])('does not run: %s', async (_name, search, expected) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const { status } = await attacked.expectRefused({ method, url: `/graphql?${search}` });
      expect(status).toBe(expected);
    }
  });

  test('does not run with POST either, whatever the body is', async () => {
    for (const payload of ['{}', '{"variables":{}}', ''])
      expect((await attacked.expectRefused({ url: `/graphql?${FORM}`, payload })).status).toBe(400);
  });
});

describe('a login in a body of another content type does not run', () => {
  test.each([
    ['text/plain', BODY],
    ['text/plain; application/json', BODY],
    ['text/json', BODY],
    ['text/html', BODY],
    ['application/graphql', LOGIN],
    ['application/graphql+json', BODY],
    ['application/x-www-form-urlencoded', FORM],
    ['multipart/form-data; boundary=x', MULTIPART],
    ['multipart/form-data', BODY],
    ['application/xml', '<a/>'],
    ['application/octet-stream', BODY],
    ['application/jsonp', BODY],
    ['application/json, text/plain', BODY],
    ['application/json/x', BODY],
    ['*/*', BODY],
    ['nonsense', BODY],
    [';charset=utf-8', BODY],
    ['a'.repeat(8000), BODY],
  ])('%s', async (type, payload) => {
    await attacked.expectRefused({ headers: { 'content-type': type }, payload });
  });

  test('no content type', async () => {
    expect(await sendRaw({ 'content-length': String(BODY.length) }, BODY)).toBe(415);
    expect(attacked.hasher.comparisons).toBe(0);
  });

  test('several content types, of which the first counts', async () => {
    const types = ['content-type', 'text/plain', 'content-type', 'application/json'];
    expect(await sendRaw([...types, 'content-length', String(BODY.length)], BODY)).toBe(400);
    expect(attacked.hasher.comparisons).toBe(0);
  });
});

test.each([
  'application/json',
  'APPLICATION/JSON',
  'application/json;charset=UTF-8',
  'application/json; charset="utf-8"',
])('a body with the content type %s runs', async (type) => {
  const payload = '{"query":"{ __typename }"}';
  expect((await attacked.send({ headers: { 'content-type': type }, payload })).status).toBe(200);
});

describe('a compressed body is rejected', () => {
  const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  const zeros = Buffer.alloc(64 * MEGABYTE);
  const spaces = Buffer.alloc(64 * MEGABYTE, ' ');

  test.each<[string, string, () => Buffer]>([
    ['a bomb', 'gzip', () => gzipSync(zeros)],
    ['a bomb of white space', 'gzip', () => gzipSync(spaces)],
    ['a bomb inside a bomb', 'gzip', () => gzipSync(gzipSync(zeros))],
    ['a bomb of deflate', 'deflate', () => deflateSync(zeros)],
    ['a bomb of brotli', 'br', () => brotliCompressSync(zeros, quick)],
    [
      'several members',
      'gzip',
      () => Buffer.concat(Array.from({ length: 20 }, () => gzipSync(zeros.subarray(0, MEGABYTE)))),
    ],
    ['two codings', 'gzip, gzip', () => gzipSync(gzipSync(zeros))],
    ['a coding that is not there', 'gzip', () => Buffer.from(BODY)],
    ['a truncated body', 'gzip', () => gzipSync(BODY).subarray(0, 30)],
  ])('%s', async (_name, coding, make) => {
    const { status } = await attacked.expectRefused({ headers: { 'content-encoding': coding }, payload: make() });
    expect([400, 413, 415]).toContain(status);
  });
});

describe('text that is not text', () => {
  test.each<[string, string | Buffer]>([
    ['NUL', '\0'],
    ['NUL in JSON', '{"query":"{ \0 }"}'],
    ['a byte order mark of UTF-16', Buffer.from(`\ufeff${BODY}`, 'utf16le')],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['half a surrogate pair', Buffer.from('{"query":"{ \ud800 }"}', 'utf16le')],
    ['two values', `${BODY}${BODY}`],
    ['lines of JSON', `${BODY}\n${BODY}`],
    ['two queries', `{"query":"{ __typename }","query":5}`],
  ])('%s is rejected', async (_name, payload) => {
    await attacked.expectRefused({ payload });
  });
});

describe('text in another encoding than UTF-8', () => {
  const SIGN_IN = 'mutation { login(input: { email: "ada@example.com", password: "cörrect hörse" }) { __typename } }';
  const inDocument = JSON.stringify({ query: SIGN_IN });
  const inVariables = JSON.stringify({ query: '{ __typename }', variables: { name: 'Jörg' } });

  test.each<[string, Buffer]>([
    ['ISO 8859-1', Buffer.from(inDocument, 'latin1')],
    ['ISO 8859-1 in a variable', Buffer.from(inVariables, 'latin1')],
    ['UTF-16', Buffer.from(inDocument, 'utf16le')],
    [
      'a surrogate in three bytes',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from('eda080', 'hex'), Buffer.from('"}')]),
    ],
    ['a character that is cut off', Buffer.from(inDocument).subarray(0, inDocument.indexOf('ö') + 1)],
    ['a letter in two bytes', Buffer.concat([Buffer.from('{"a":"'), Buffer.from('c1a1', 'hex'), Buffer.from('"}')])],
  ])('%s is rejected', async (_name, payload) => {
    const { status, text } = await attacked.expectRefused({ payload });
    expect([status, text]).toEqual([400, expect.stringMatching(/not valid (UTF-8|JSON)/)]);
    const compressed = await attacked.expectRefused({
      headers: { 'content-encoding': 'gzip' },
      payload: gzipSync(payload),
    });
    expect(compressed).toEqual({ status, text });
  });

  test.each(['iso-8859-1', '"ISO-8859-1"', 'utf-16', 'utf-8x', 'windows-1252; a=b'])(
    'the charset %s is rejected',
    async (charset) => {
      const headers = { 'content-type': `application/json; Charset=${charset}` };
      const { status, text } = await attacked.expectRefused({ headers, payload: inDocument });
      expect([status, text]).toEqual([415, expect.stringContaining('must be UTF-8')]);
    },
  );

  test.each(['utf-8', 'UTF8', '"utf-8"', 'us-ascii', 'utf-8; a=b', 'utf-8 ;a=b'])(
    'the charset %s is accepted',
    async (charset) => {
      const headers = { 'content-type': `application/json;charset=${charset}` };
      expect((await attacked.send({ headers, payload: BODY })).status).toBe(200);
    },
  );

  test('a byte order mark of UTF-8 is ignored', async () => {
    expect((await attacked.send({ payload: Buffer.from(`\ufeff${BODY}`) })).status).toBe(200);
  });
});

async function sendRaw(headers: OutgoingHttpHeaders | readonly string[], body: string): Promise<number | undefined> {
  const request = httpRequest(`${attacked.app.server.listeningOrigin}/graphql`, {
    method: 'POST',
    headers,
    agent: false,
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [{ statusCode?: number; resume: () => void }];
  response.resume();
  return response.statusCode;
}
