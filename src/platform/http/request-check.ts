import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from './allowed-methods.js';
import { HttpError } from './http-errors.js';

/** The message of every response to a path that does not exist. */
export const NOTHING_HERE = 'There is nothing here. GraphQL requests go to /graphql.';
/** Matches a registered name or an address, with an optional port. @see RFC 3986 §3.2.2 */
const HOST = /^(\[[0-9a-f:.]+\]|([\w.~!$&'()*+,;=-]|%[0-9a-f]{2})+)(:\d*)?$/i;

/** Node.js silently uses the first of several. */
const UNIQUE_HEADERS = ['Host', 'Authorization'];

/** Finds a problem in a request that proxies and servers may interpret differently, or that no route matches. */
export function problemOf(
  request: FastifyRequest,
  reply: FastifyReply,
  allowedMethods: AllowedMethods,
): HttpError | undefined {
  const ambiguity = ambiguityOf(request);
  if (ambiguity === undefined) return request.is404 ? missing(request, reply, allowedMethods) : undefined;
  // What follows on the connection may belong to the body of this request.
  void reply.header('connection', 'close');
  return new HttpError(400, ambiguity);
}

/** @see RFC 9112 §3.2, §6.1, RFC 9110 §5.3 */
function ambiguityOf(request: FastifyRequest): string | undefined {
  const { headers, httpVersion, rawHeaders } = request.raw;
  const host = headers.host ?? '';
  if (host === '' ? !mayOmitHost(request) : !HOST.test(host)) return 'The request needs a valid Host header.';
  const repeated = UNIQUE_HEADERS.find((header) => isRepeated(header, rawHeaders));
  if (repeated !== undefined) return `The request has more than one ${repeated} header.`;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    return 'The Transfer-Encoding of the request is not supported; send chunked, in HTTP/1.1.';
  return undefined;
}

function isRepeated(header: string, rawHeaders: readonly string[]): boolean {
  const isHeader = (text: string, index: number): boolean =>
    index % 2 === 0 && text.length === header.length && text.toLowerCase() === header.toLowerCase();
  return rawHeaders.filter(isHeader).length > 1;
}

/** Load balancers may send their probes in HTTP/1.0. */
function mayOmitHost({ raw, routeOptions }: FastifyRequest): boolean {
  return raw.httpVersion === '1.0' && routeOptions.url?.startsWith('/health/') === true;
}

function missing({ url }: FastifyRequest, reply: FastifyReply, allowedMethods: AllowedMethods): HttpError {
  const [path = '/'] = url.split(/[?#]/);
  const allowed = allowedMethods(path);
  if (allowed.length === 0) return new HttpError(404, NOTHING_HERE);
  void reply.header('allow', allowed.join(', '));
  return new HttpError(405, `The method is not supported here; use ${allowed.join(' or ')}.`);
}
