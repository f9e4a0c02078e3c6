import type { ResponseError } from './auth-request-error.js';

/** The part of a GraphQL response that says whether it is worth repeating. */
export interface Outcome {
  readonly data?: unknown;
  readonly errors?: readonly (Pick<ResponseError, 'extensions'> | null)[] | null | undefined;
}

/**
 * Whether an operation should be repeated with another access token. A mutation only if no root field has run: behind a
 * gateway another subgraph may have done its part.
 */
export function isWorthRepeating({ data, errors }: Outcome, token: string | undefined, isMutation: boolean): boolean {
  const reasons: readonly unknown[] = token === undefined ? ['MISSING'] : ['TOKEN_EXPIRED', 'SESSION_ENDED'];
  // A response that is not from the gateway may have something else.
  const list = [errors ?? []].flat();
  const rejected = list.filter(
    (error) => error?.extensions?.code === 'UNAUTHENTICATED' && reasons.includes(error.extensions.reason),
  ).length;
  const fields = Object.values(data ?? {});
  const hasRun = rejected < Math.max(list.length, fields.length) || fields.some((value) => value !== null);
  return rejected > 0 && !(isMutation && hasRun);
}
