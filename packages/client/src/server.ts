import { AuthRequestError } from './core/auth-request-error.js';
import { createTransport, toRequestError } from './core/transport.js';
import { REFRESH_WITH_USER } from './graphql/operations.js';
import type { UserFieldsFragment } from './graphql/types.js';

const COOKIE = /(?<=^|;\s*)__Host-auth-refresh=[^;]*/g;

export interface ReadSessionOptions {
  /** The address of the gateway. */
  readonly url: string;
  /** The origin of the pages, one of `REFRESH_COOKIE_ALLOWED_ORIGINS`. */
  readonly origin: string;
  /** More headers for the request, such as the address of the client. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
}

export interface ServerSession {
  /** For requests to the gateway while the page is rendered; undefined if nobody is signed in. */
  readonly accessToken: string | undefined;
  readonly user: UserFieldsFragment | null;
  /** The `Set-Cookie` headers of the response. They must reach the browser, or its cookie becomes invalid. */
  readonly setCookie: readonly string[];
}

/** A failure after which the browser may need another cookie: an error of one field leaves the refresh done. */
export interface ReadSessionError extends AuthRequestError {
  /** The `Set-Cookie` headers of the response, if there was one. They must reach the browser too. */
  readonly setCookie: readonly string[];
}

const sessions = new WeakMap<Request, Promise<ServerSession>>();

/**
 * Finds out who sent a request to a server that renders pages, with one refresh per request. Call it only where the
 * response can still set cookies, such as middleware.
 * @throws ReadSessionError the service is unreachable, or its response has errors
 * @example const { user, setCookie } = await readSession(request, { url, origin: 'https://app.example.com' })
 */
export function readSession(request: Request, options: ReadSessionOptions): Promise<ServerSession> {
  const present = sessions.get(request);
  if (present) return present;
  const session = refresh(request, options);
  sessions.set(request, session);
  return session;
}

async function refresh(request: Request, options: ReadSessionOptions): Promise<ServerSession> {
  // The service rejects two of them, because one may have been planted.
  const cookie = request.headers.get('cookie')?.match(COOKIE)?.join('; ');
  if (cookie === undefined) return { accessToken: undefined, user: null, setCookie: [] };
  let setCookie: readonly string[] = [];
  const userAgent = request.headers.get('user-agent');
  const send: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    const more = {
      ...options.headers,
      origin: options.origin,
      cookie,
      ...(userAgent !== null && { 'user-agent': userAgent }),
    };
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    const response = await (options.fetch ?? fetch)(input, { ...init, headers });
    setCookie = response.headers.getSetCookie();
    return response;
  };
  try {
    const { refresh: result } = await createTransport(options.url, {}, send)(REFRESH_WITH_USER, {});
    if (result?.__typename === 'LoginSuccess')
      return { accessToken: result.tokens.accessToken, user: result.user, setCookie };
    if (result?.__typename === 'InvalidTokenError') return { accessToken: undefined, user: null, setCookie };
    throw new AuthRequestError(result ?? undefined);
  } catch (error) {
    throw Object.assign(toRequestError(error), { setCookie });
  }
}
