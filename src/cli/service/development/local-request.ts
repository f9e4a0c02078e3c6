import { BlockList } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../../../platform/http/http-errors.js';
import { NOTHING_HERE } from '../../../platform/http/request-check.js';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The names that a browser on this machine uses. A page of another site that resolves its name to 127.0.0.1 sends that name. */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d*)?$/i;
/** Headers that proxies add. The client of a proxy on this machine may be anywhere. */
const ADDED_BY_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** Returns the error for a request that does not come from a browser on this machine: that there is nothing. */
export function problemOfRemote({ headers, raw, socket }: FastifyRequest): HttpError | undefined {
  const { remoteAddress = '', remoteFamily } = socket;
  const isLoopback = LOOPBACK.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4');
  // nginx adds no header unless it is told to, but asks in HTTP/1.0, which no browser does.
  const isForwarded = raw.httpVersion === '1.0' || ADDED_BY_PROXIES.some((name) => headers[name] !== undefined);
  const isLocal = isLoopback && !isForwarded && LOCAL_HOST.test(headers.host ?? '');
  return isLocal ? undefined : new HttpError(404, NOTHING_HERE);
}
