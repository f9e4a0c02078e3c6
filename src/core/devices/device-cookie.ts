import { readHostCookie, setHostCookie, type CookieRequest } from '../../platform/http/host-cookie.js';

const NAME = '__Host-auth-device';
/** The longest lifetime that browsers accept. @see RFC 6265bis §5.5 */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** Keeps the device token of a browser in a cookie, if `lockout.deviceCookies` is set. */
export class DeviceCookie {
  constructor(
    private readonly isOn: boolean,
    private readonly request: CookieRequest,
  ) {}

  /** The token that the browser sent, or `undefined` if it sent none. */
  get token(): string | undefined {
    return this.isOn ? readHostCookie(this.request, NAME) : undefined;
  }

  /** Sets the cookie, if there is a new token. */
  keep(token: string | null): void {
    if (this.isOn && token !== null)
      setHostCookie(this.request, { name: NAME, value: token, maxAge: MAX_AGE_SECONDS, sameSite: 'lax' });
  }
}
