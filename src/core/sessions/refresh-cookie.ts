import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../platform/clock.js';
import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { InvalidTokenError, SessionNotFoundError } from '../errors/errors.js';
import { readHostCookie, setHostCookie, type CookieRequest } from '../../platform/http/host-cookie.js';
import { hashHandle, parseRefreshToken } from './refresh-token.js';
import type { SessionConfig } from './session.options.js';
import type { SessionRepository } from './session.repository.js';

const NAME = '__Host-auth-refresh';

/** Pages of other sites cannot send these headers unless the server allows it in a preflight response. */
const PREFLIGHT_HEADERS = ['x-requested-with', 'apollo-require-preflight', 'x-apollo-operation-name'];
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Keeps the refresh token of a browser in a cookie that scripts cannot read, if `refreshCookie.enabled` is set. */
export class RefreshCookie {
  /** Whether the response already sets the cookie. */
  private isSet = false;

  constructor(
    private readonly options: SessionConfig['refreshCookie'],
    private readonly request: CookieRequest,
    private readonly clock: Clock,
    private readonly sessions: Pick<SessionRepository, 'hasLive'>,
  ) {}

  /**
   * Call it before the cookie is read or set, because browsers send cookies with requests from any site.
   * @throws ForbiddenError the request may come from another site
   * @see OWASP ASVS 5.0 §3.5.1
   */
  refuseOtherSites(): void {
    if (!this.options.enabled) return;
    const refusal = this.refusal();
    if (refusal) throw refusal;
    if (typeof this.request.setCookie !== 'function')
      throw new Error(
        'refreshCookie.enabled requires the function setCookie in the request that is passed to auth.context',
      );
  }

  /**
   * Calls `work` with the token of the cookie, or `undefined` if there is none. Clears the cookie if its token is invalid.
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
   * Sets the cookie until the session ends. Returns false if cookies are disabled; then the result must contain the token.
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
   * Runs an operation that signs out, and clears the cookie, even if the session had already ended. A cookie of another
   * session stays: somebody has signed in on a page that shares it. After any other error the cookie stays too, so that
   * the user can try again.
   */
  async forgetAfter<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work();
      await this.clearIfDead();
      return result;
    } catch (error) {
      const isUnauthenticated = error instanceof UnauthenticatedError;
      if (error instanceof SessionNotFoundError || (isUnauthenticated && error.extensions.reason === 'SESSION_ENDED'))
        await this.clearIfDead();
      else if (isUnauthenticated) this.clear();
      throw error;
    }
  }

  private async clearIfDead(): Promise<void> {
    const token = parseRefreshToken(this.token());
    const isLive = token && (await this.sessions.hasLive(hashHandle(token), this.clock.now()).catch(() => false));
    if (!isLive) this.clear();
  }

  /** Does nothing for a request from another site, or one without the cookie, because another tab may be signing in. */
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
        `Send the request as application/json, or with one of the headers ${PREFLIGHT_HEADERS.join(', ')}.`,
      );
    if (headers.origin === undefined)
      return new ForbiddenError(
        { reason: 'ORIGIN_MISSING' },
        'The Origin header is missing. A gateway must forward it.',
      );
    if (this.options.allowedOrigins.includes(headers.origin)) return undefined;
    return new ForbiddenError({ reason: 'ORIGIN_NOT_ALLOWED' }, 'Pages of this origin are not allowed.');
  }

  private set(value: string, maxAge: number): void {
    this.isSet = true;
    setHostCookie(this.request, { name: NAME, value, maxAge, sameSite: this.options.sameSite });
  }
}

function forcesPreflight(headers: Readonly<IncomingHttpHeaders>): boolean {
  return JSON_TYPE.test(headers['content-type'] ?? '') || PREFLIGHT_HEADERS.some((name) => Boolean(headers[name]));
}
