import type { AccessTokenOptions } from './auth-client.types.js';
import { isWorthRepeating, type Outcome } from './once-more.js';

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
    if (!isWorthRepeating(outcome, token, !QUERY.test(init?.body as string))) return response;
    const next = await getAccessToken({ rejected: token ?? '' }).catch(() => undefined);
    return next === undefined ? response : send(next);
  };
}

const originOf = (request: Request): string => new URL(request.url).origin;

/** Empty if the response cannot contain a rejection. A stream is not read. */
async function outcomeOf(response: Response): Promise<Outcome> {
  try {
    if (!String(response.headers.get('content-type')).includes('json')) return {};
    const text = await response.clone().text();
    return text.includes('UNAUTHENTICATED') ? (JSON.parse(text) as Outcome) : {};
  } catch {
    return {};
  }
}

/** Matches a body that contains queries only. */
const QUERY = /^(?!.*\b(?:mutation|subscription)\b).*"query"/s;
