import type { AccessTokenOptions } from './auth-client.types.js';
import { isWorthRepeating, type Outcome } from './once-more.js';

/**
 * A `fetch` that adds the access token to requests to the origin of the gateway, and repeats one whose token was rejected
 * once. The token goes to no other origin.
 */
export function createAuthFetch(
  origin: string,
  fetchNow: typeof fetch,
  getAccessToken: (options?: AccessTokenOptions) => Promise<string | undefined>,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== origin) return fetchNow(request);
    const send = (token: string | undefined): Promise<Response> => {
      const copy = request.clone();
      if (token !== undefined) copy.headers.set('authorization', `Bearer ${token}`);
      return fetchNow(copy);
    };
    const token = await getAccessToken();
    const response = await send(token);
    const outcome = await outcomeOf(response);
    const sent = { isMutation: mayBeMutation(init?.body), hadToken: token !== undefined };
    if (!isWorthRepeating(outcome, sent)) return response;
    const next = await getAccessToken({ rejected: token ?? '' }).catch(() => undefined);
    return next === undefined || next === token ? response : send(next);
  };
}

/** Empty if the response cannot contain a rejection. A stream is not read. */
async function outcomeOf(response: Response): Promise<Outcome> {
  try {
    if (response.headers.get('content-type')?.includes('json') !== true) return {};
    const text = await response.clone().text();
    return text.includes('UNAUTHENTICATED') ? (JSON.parse(text) as Outcome) : {};
  } catch {
    return {};
  }
}

/** False only for a document that is there and contains queries only. */
function mayBeMutation(body: unknown): boolean {
  return typeof body !== 'string' || !body.includes('"query"') || /\b(mutation|subscription)\b/.test(body);
}
