import type { ResponseError } from './auth-request-error.js';

/** The part of a GraphQL response that says whether it is worth repeating. */
export interface Outcome {
  readonly data?: unknown;
  readonly errors?: readonly Pick<ResponseError, 'extensions'>[] | undefined;
}

interface Sent {
  readonly isMutation: boolean;
  readonly hadToken: boolean;
}

/**
 * Whether an operation should be repeated with another access token. A mutation only if no root field has run: behind a
 * gateway another subgraph may have done its part.
 */
export function isWorthRepeating({ data, errors = [] }: Outcome, { isMutation, hadToken }: Sent): boolean {
  const reasons: readonly unknown[] = hadToken ? ['TOKEN_EXPIRED', 'SESSION_ENDED'] : ['MISSING'];
  const rejected = errors.filter(
    ({ extensions }) => extensions?.code === 'UNAUTHENTICATED' && reasons.includes(extensions.reason),
  ).length;
  const fields = Object.values(data ?? {});
  const hasRun = rejected < errors.length || rejected < fields.length || fields.some((value) => value !== null);
  return rejected > 0 && !(isMutation && hasRun);
}
