import { AuthRequestError, type ResponseError } from './auth-request-error.js';
import type { TypedDocument } from '../graphql/typed-document.js';
import { startTimer } from './timer.js';

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}

/**
 * Sends an operation to the gateway and returns its data.
 * @throws AuthRequestError there is no GraphQL response, or it has errors
 */
export type Send = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  headers?: Readonly<Record<string, string>>,
) => Promise<Result>;

export function createTransport(url: string, init: RequestInit, fetchNow: typeof fetch): Send {
  return async (document, variables, headers) => {
    // React Native has no AbortSignal.timeout().
    const abort = new AbortController();
    // Shorter than the grace period of the service: a refresh whose response is lost is repeated within it.
    startTimer(() => abort.abort(), 10_000);
    const response = await fetchNow(url, {
      ...init,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: abort.signal,
    }).catch((cause: unknown) => {
      throw toRequestError(cause);
    });
    const body = (await response.json().catch(() => undefined)) as Body | null | undefined;
    if (body?.data && !body.errors?.length) return body.data as never;
    throw new AuthRequestError({
      errors: body?.errors,
      status: response.status,
      retryAfterSeconds: response.headers.get('retry-after'),
    });
  };
}

/** The error itself, or as the cause of an error that the callers expect. */
export function toRequestError(cause: unknown): AuthRequestError {
  return cause instanceof AuthRequestError ? cause : new AuthRequestError({ cause });
}
