import type { ResponseError } from './auth-request-error.js';

/** The part of a GraphQL response that says whether it is worth repeating. */
export interface Outcome {
  readonly data?: unknown;
  readonly errors?: readonly (Pick<ResponseError, 'extensions' | 'path'> | null)[] | null | undefined;
}

/**
 * Whether an operation should be repeated with another access token. One that was sent without a token is not: another user
 * may have signed in meanwhile. A mutation only if no root field has run: behind a gateway another subgraph may have done its
 * part.
 * @see GraphQL specification, 7.1.2 and 7.1.3
 */
export function isWorthRepeating(
  { data, errors }: Outcome,
  token: string | undefined,
  isMutation: boolean,
): token is string {
  if (token === undefined) return false;
  // A response that is not from the gateway may have something else.
  const list = [errors ?? []].flat();
  // A private field of an entity is FORBIDDEN, whatever the reason.
  const rejected = list.filter(
    (error) =>
      /^(UNAUTHENTICATED|FORBIDDEN)$/.test(String(error?.extensions?.code)) &&
      /^(TOKEN_EXPIRED|SESSION_ENDED)$/.test(String(error?.extensions?.reason)),
  );
  // If an error is below a root field, that field has run; if it leaves no data, others may have.
  const roots = rejected.filter((error) => (error?.path?.length ?? 0) <= (data ? 1 : 0)).length;
  const fields = Object.values(data ?? {});
  const hasRun = roots < Math.max(list.length, fields.length) || fields.some((value) => value !== null);
  return rejected.length > 0 && !(isMutation && hasRun);
}
