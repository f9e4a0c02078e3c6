/** A member of `errors` in a response. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly reason?: string; readonly [name: string]: unknown };
}

interface Details {
  readonly errors?: readonly ResponseError[] | undefined;
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A request that failed in a way that no form can show: no network, an overloaded service, or a top-level error. */
export class AuthRequestError extends Error {
  override readonly name = 'AuthRequestError';
  /** The code of the first top-level error, or `UNREACHABLE` if there was no GraphQL response. */
  readonly code: string;
  /** Why a request is `UNAUTHENTICATED` or `FORBIDDEN`, such as `TOKEN_EXPIRED`. */
  readonly reason: string | undefined;
  readonly errors: readonly ResponseError[];
  /** The HTTP status; undefined without a response. */
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { errors = [], status, retryAfterSeconds, cause }: Details) {
    super(errors[0]?.message ?? message, { cause });
    const extensions = errors[0]?.extensions;
    this.code = extensions?.code ?? 'UNREACHABLE';
    this.reason = extensions?.reason;
    this.errors = errors;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds ?? (Number(extensions?.['retryAfterSeconds']) || undefined);
  }
}
