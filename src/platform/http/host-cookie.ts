import type { IncomingHttpHeaders } from 'node:http';
import { nameOf } from '../error-codes.js';
import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';

/** The parts of a request and its response that cookies need. */
export interface CookieRequest {
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Sets the Set-Cookie header of the response. A later call replaces the cookie of an earlier one. */
  readonly setCookie?: ((cookie: string) => void) | undefined;
}

/**
 * The value of a cookie; undefined if it is missing, and '' if there are several, since it is unclear which one is
 * ours.
 */
export function readHostCookie({ headers }: CookieRequest, name: string): string | undefined {
  const pairs = typeof headers.cookie === 'string' ? headers.cookie.split(';') : [];
  const [value, ...others] = pairs.map((pair) => parseCookie(pair)[name]).filter((found) => found !== undefined);
  return others.length > 0 ? '' : value;
}

/** Sets a cookie that scripts cannot read; a `maxAge` of 0 seconds deletes it. */
export function setHostCookie(
  { setCookie }: CookieRequest,
  cookie: Required<Pick<SetCookie, 'name' | 'value' | 'maxAge' | 'sameSite'>>,
): void {
  // The name prefix __Host- binds the cookie to this host, to https and to every path. RFC 6265bis §4.1.3.2
  const returned: unknown = setCookie?.(stringifySetCookie({ ...cookie, path: '/', httpOnly: true, secure: true }));
  // The response is on its way; a rejection must not end the process.
  if (returned instanceof Promise) returned.catch(warn);
}

function warn(error: unknown): void {
  process.emitWarning(`setCookie failed (${nameOf(error)}), and a cookie is missing.`, 'CookieWarning');
}
