import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { HttpError } from './http-errors.js';

type Decompress = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const CODINGS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
/** ASCII is a subset of UTF-8. */
const OTHER_CHARSET = /;\s*charset=(?!"?(utf-?8|us-ascii)"?\s*(;|$))/i;

/**
 * Parses a JSON body. Bytes that are not UTF-8 are rejected: replacement characters would make different passwords equal.
 * @throws HttpError the body is not JSON in UTF-8
 * @see RFC 8259 §8.1
 */
export function parseJson({ headers }: FastifyRequest, body: Buffer): unknown {
  if (OTHER_CHARSET.test(headers['content-type'] ?? ''))
    throw new HttpError(415, 'The charset of the request body must be UTF-8.');
  const text = textOf(body);
  try {
    // Keys such as `__proto__` stay: the schema and the operations refuse what they do not accept.
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The request body is not valid JSON.');
  }
}

function textOf(body: Buffer): string {
  try {
    return UTF_8.decode(body);
  } catch {
    throw new HttpError(400, 'The request body is not valid UTF-8.');
  }
}

/**
 * Decompresses a request body. The limit applies before and after decompression.
 * @throws HttpError the coding is unsupported, the body does not match it, or the body is too large
 * @see RFC 9110 §8.4, §15.5.16
 */
export async function decompressBody(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: RequestPayload,
): Promise<RequestPayload> {
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity' || request.method === 'GET') return payload;
  const decompress = CODINGS.get(coding);
  try {
    if (!decompress) {
      void reply.header('accept-encoding', 'gzip, deflate, br');
      throw new HttpError(415, 'The Content-Encoding of the request is not supported; send gzip, deflate or br.');
    }
    const limit = request.routeOptions.bodyLimit;
    const sent = await collect(payload, limit);
    const body = await decompress(sent, { maxOutputLength: limit }).catch((error: unknown) => {
      throw refusal(error, coding);
    });
    // Fastify compares the length of the raw body with the Content-Length header.
    return Object.assign(Readable.from([body]), { receivedEncodedLength: sent.length });
  } catch (error) {
    // The rest of the body may still be in transit.
    void reply.header('connection', 'close');
    throw error instanceof HttpError ? error : new HttpError(400, 'The request body is incomplete.');
  }
}

async function collect(payload: RequestPayload, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusal(error: unknown, coding: string): HttpError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge();
  return new HttpError(400, `The request body is not valid ${coding}.`);
}

function tooLarge(): HttpError {
  return new HttpError(413, 'The request body is too large.');
}
