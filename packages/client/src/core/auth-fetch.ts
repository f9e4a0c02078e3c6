import type { AccessTokenOptions } from './auth-client.types.js';
import { isWorthRepeating, type Outcome } from './once-more.js';
import { attempt } from './token-storage.js';

/**
 * A `fetch` that adds the access token to requests to the origin of the gateway, and repeats one whose token was rejected
 * once. The token goes to no other origin.
 */
export function createAuthFetch(
  url: string,
  fetchNow: typeof fetch,
  getAccessToken: (options?: AccessTokenOptions) => Promise<string | undefined>,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (originOf(request) !== originOf(new Request(url))) return fetchNow(request);
    const send = (token: string | undefined): Promise<Response> => {
      const copy = request.clone();
      if (token !== undefined) copy.headers.set('authorization', `Bearer ${token}`);
      return fetchNow(copy);
    };
    const token = await getAccessToken();
    const response = await send(token);
    const outcome = await outcomeOf(response);
    if (!isWorthRepeating(outcome, token, isMutation(init?.body))) return response;
    const next = await getAccessToken({ rejected: token }).catch(() => undefined);
    return next === undefined ? response : send(next);
  };
}

const originOf = (request: Request): string => new URL(request.url).origin;

/** Empty if the response cannot contain a rejection. A stream is not read. */
async function outcomeOf(response: Response): Promise<Outcome> {
  try {
    if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) return {};
    const text = await response.clone().text();
    return /UNAUTHENTICATED|FORBIDDEN/.test(text) ? (JSON.parse(text) as Outcome) : {};
  } catch {
    return {};
  }
}

/** Whether a body may be something else than a query. */
const isMutation = (body: unknown): boolean =>
  // eslint-disable-next-line @typescript-eslint/prefer-regexp-exec -- throws if there is no text
  attempt(() => (JSON.parse(body as string) as { query: string }).query.match(/\b(mutation|subscription)\b/)) !== null;
