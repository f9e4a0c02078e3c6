/** The prefix binds the cookie to this host, to https and to every path. @see RFC 6265bis §4.1.3.2 */
const NAME = '__Host-auth-device';
/** The longest that browsers keep one. @see RFC 6265bis §5.5 */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;
const VALUE = /^[A-Za-z0-9_-]{1,200}$/;

/** The device token that a browser sent along; undefined when there is none. */
export function readDeviceCookie(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1).trim();
    if (pair.slice(0, at).trim() === NAME && VALUE.test(value)) return value;
  }
  return undefined;
}

/** The Set-Cookie header that has a browser keep a device token out of reach of scripts. */
export function deviceCookie(token: string): string {
  return `${NAME}=${token}; Path=/; Max-Age=${String(MAX_AGE_SECONDS)}; HttpOnly; Secure; SameSite=Lax`;
}
