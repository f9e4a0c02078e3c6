import { AuthRequestError, type ResponseError } from './auth-request-error.js';
import type { TypedDocument } from '../graphql/typed-document.js';

/** Shorter than the grace period of the service: a refresh whose response is lost is repeated within it. */
const TIMEOUT_MS = 10_000;

interface SendOptions {
  readonly accessToken?: string;
  readonly fetch?: typeof fetch;
}

interface Body<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly ResponseError[];
}

/** Sends operations to the gateway. */
export class Transport {
  constructor(
    private readonly url: string,
    private readonly credentials: 'include' | 'same-origin',
    private readonly fetchNow: typeof fetch,
  ) {}

  /**
   * Sends an operation and returns its data.
   * @throws AuthRequestError there is no GraphQL response, or it has errors
   */
  async send<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    { accessToken, fetch: send = this.fetchNow }: SendOptions = {},
  ): Promise<Result> {
    const response = await send(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      credentials: this.credentials,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      if (cause instanceof AuthRequestError) throw cause;
      throw new AuthRequestError('The service is unreachable', { cause });
    });
    return dataOf(response);
  }
}

async function dataOf<Result>(response: Response): Promise<Result> {
  const { status } = response;
  const retryAfterSeconds = Number(response.headers.get('retry-after')) || undefined;
  const body = (await response.json().catch(() => undefined)) as Body<Result> | null | undefined;
  const errors = body?.errors;
  if (!body?.data || errors?.length)
    throw new AuthRequestError(`The response is not a result (HTTP ${String(status)})`, {
      errors: Array.isArray(errors) ? (errors as ResponseError[]) : undefined,
      status,
      retryAfterSeconds,
    });
  return body.data;
}
