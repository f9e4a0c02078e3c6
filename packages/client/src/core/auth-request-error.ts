/** A member of `errors` in a response. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: { readonly code?: string; readonly reason?: string; readonly [name: string]: unknown };
}

interface Details {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly errors?: readonly ResponseError[] | undefined;
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | string | null | undefined;
  readonly cause?: unknown;
}

/** A request that failed in a way that no form can show: no network, an overloaded service, or a top-level error. */
export class AuthRequestError extends Error {
  override readonly name = 'AuthRequestError';
  /** The code of the failure, of the first top-level error, or `UNREACHABLE` if there was no GraphQL response. */
  declare readonly code: string;
  /** Why a request is `UNAUTHENTICATED` or `FORBIDDEN`, such as `TOKEN_EXPIRED`. */
  declare readonly reason: string | undefined;
  declare readonly errors: readonly ResponseError[];
  /** The HTTP status; undefined without a response. */
  declare readonly status: number | undefined;
  declare readonly retryAfterSeconds: number | undefined;

  constructor({
    message = 'The service is unreachable',
    code: given,
    cause,
    errors,
    status,
    retryAfterSeconds,
  }: Details = {}) {
    // A response that is not from the gateway may have no list.
    const list = [errors ?? []].flat();
    const { code = given ?? 'UNREACHABLE', reason, retryAfterSeconds: reported } = list[0]?.extensions ?? {};
    super(list[0]?.message ?? message, { cause });
    this.code = code;
    this.reason = reason;
    this.errors = list;
    this.status = status;
    // The header may be a date.
    this.retryAfterSeconds = Number(retryAfterSeconds) || Number(reported) || undefined;
  }
}
