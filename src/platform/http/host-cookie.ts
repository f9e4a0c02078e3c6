import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';

/** What of a request a cookie needs. */
export interface CookieRequest {
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Sets the Set-Cookie header of the answer. Called again, the later cookie takes the place of the earlier one. */
  readonly setCookie?: ((cookie: string) => void) | undefined;
}

/** The value of a cookie, undefined when there is none, and '' when there are several: nobody knows which is ours. */
export function readHostCookie({ headers }: CookieRequest, name: string): string | undefined {
  const pairs = headers.cookie?.split(';') ?? [];
  const [value, ...others] = pairs.map((pair) => parseCookie(pair)[name]).filter((found) => found !== undefined);
  return others.length > 0 ? '' : value;
}

/** Has a browser keep a cookie out of reach of scripts, or, with a `maxAge` of 0 seconds, forget it. */
export function setHostCookie(
  { setCookie }: CookieRequest,
  cookie: Required<Pick<SetCookie, 'name' | 'value' | 'maxAge' | 'sameSite'>>,
): void {
  // The prefix __Host- of its name binds it to this host, to https and to every path. RFC 6265bis §4.1.3.2
  setCookie?.(stringifySetCookie({ ...cookie, path: '/', httpOnly: true, secure: true }));
}
