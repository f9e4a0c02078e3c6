import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { InvalidTokenError, SessionNotFoundError } from '../errors/errors.js';
import { readHostCookie, setHostCookie, type CookieRequest } from '../../platform/http/host-cookie.js';
import type { SessionConfig } from './session.options.js';

const NAME = '__Host-auth-refresh';

/** A page of another site cannot send any of these, unless the server allows it in answer to a preflight request. */
const PREFLIGHT_HEADERS = ['x-requested-with', 'apollo-require-preflight', 'x-apollo-operation-name'];
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** The caller's refresh token in a cookie that scripts cannot read, where `refreshCookie.enabled` is set. */
export class RefreshCookie {
  /** Whether the response already sets the cookie. */
  private isSet = false;

  constructor(
    private readonly options: SessionConfig['refreshCookie'],
    private readonly request: CookieRequest,
    private readonly clock: Clock,
  ) {}

  /**
   * Comes before anything that reads or sets the cookie: browsers send cookies along with requests of any site.
   * @throws ForbiddenError the request may come from another site
   * @see OWASP ASVS 5.0 §3.5.1
   */
  refuseOtherSites(): void {
    if (!this.options.enabled) return;
    const refusal = this.refusal();
    if (refusal) throw refusal;
    if (!this.request.setCookie) throw new Error('with refreshCookie.enabled, auth.context needs a setCookie');
  }

  /**
   * Hands over the token of the cookie, undefined when there is none. A token that turns out to be no good is forgotten.
   * @throws ForbiddenError the request may come from another site
   */
  async exchange<Result>(work: (token: string | undefined) => Promise<Result>): Promise<Result> {
    this.refuseOtherSites();
    const token = this.token();
    try {
      return await work(token);
    } catch (error) {
      if (token !== undefined && error instanceof InvalidTokenError) this.clear();
      throw error;
    }
  }

  /**
   * Has the browser keep a token until its session ends; answers whether it does, so that no script needs to see it.
   * @throws ForbiddenError the request may come from another site
   */
  keep(tokens: { readonly refreshToken: string; readonly refreshTokenExpiresAt: Date }): boolean {
    if (!this.options.enabled) return false;
    this.refuseOtherSites();
    const leftMs = tokens.refreshTokenExpiresAt.getTime() - this.clock.now().getTime();
    this.set(tokens.refreshToken, Math.max(0, Math.floor(leftMs / 1000)));
    return true;
  }

  /**
   * Runs an operation that signs out. Afterwards the browser forgets its token, even if the session had already ended.
   * After any other failure it keeps the token, so that the user can try again.
   */
  async forgetAfter<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work();
      this.clear();
      return result;
    } catch (error) {
      if (error instanceof UnauthenticatedError || error instanceof SessionNotFoundError) this.clear();
      throw error;
    }
  }

  /** Does nothing for a request that may come from another site, or without a token: another tab may be signing in. */
  private clear(): void {
    if ((this.isSet || this.token() !== undefined) && !this.refusal()) this.set('', 0);
  }

  private token(): string | undefined {
    return this.options.enabled ? readHostCookie(this.request, NAME) : undefined;
  }

  private refusal(): ForbiddenError | undefined {
    const { headers } = this.request;
    if (!forcesPreflight(headers))
      return new ForbiddenError(
        { reason: 'PREFLIGHT_MISSING' },
        `Send this as application/json, or with one of the headers ${PREFLIGHT_HEADERS.join(', ')}.`,
      );
    if (headers.origin === undefined)
      return new ForbiddenError(
        { reason: 'ORIGIN_MISSING' },
        'This needs the header Origin; a gateway has to pass it on.',
      );
    if (this.options.allowedOrigins.includes(headers.origin)) return undefined;
    return new ForbiddenError({ reason: 'ORIGIN_NOT_ALLOWED' }, 'Pages of this origin may not do this.');
  }

  private set(value: string, maxAge: number): void {
    this.isSet = true;
    setHostCookie(this.request, { name: NAME, value, maxAge, sameSite: this.options.sameSite });
  }
}

function forcesPreflight(headers: Readonly<IncomingHttpHeaders>): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '') || PREFLIGHT_HEADERS.some((name) => Boolean(headers[name]));
}
