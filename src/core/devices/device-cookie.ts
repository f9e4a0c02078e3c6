import { readHostCookie, setHostCookie, type CookieRequest } from '../../platform/http/host-cookie.js';

const NAME = '__Host-auth-device';
/** The longest that browsers keep one. @see RFC 6265bis §5.5 */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/** The caller's device token in a cookie, where devices are kept in cookies. */
export class DeviceCookie {
  constructor(
    private readonly isOn: boolean,
    private readonly request: CookieRequest,
  ) {}

  /** What the browser sent along; undefined when it is none. */
  get token(): string | undefined {
    return this.isOn ? readHostCookie(this.request, NAME) : undefined;
  }

  /** Has the browser keep a token, if a new one was made. */
  keep(token: string | null): void {
    if (this.isOn && token !== null)
      setHostCookie(this.request, { name: NAME, value: token, maxAge: MAX_AGE_SECONDS, sameSite: 'lax' });
  }
}
