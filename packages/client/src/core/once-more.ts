import type { ResponseError } from './auth-request-error.js';

/** The part of a GraphQL response that says whether it is worth repeating. */
export interface Outcome {
  readonly data?: unknown;
  readonly errors?: readonly (Pick<ResponseError, 'extensions' | 'path'> | null)[] | null | undefined;
}

/**
 * Whether an operation should be repeated with another access token. A mutation only if no root field has run: behind a
 * gateway another subgraph may have done its part.
 * @see GraphQL specification, 7.1.2 and 7.1.3
 */
export function isWorthRepeating({ data, errors }: Outcome, token: string | undefined, isMutation: boolean): boolean {
  const reasons: readonly unknown[] = token === undefined ? ['MISSING'] : ['TOKEN_EXPIRED', 'SESSION_ENDED'];
  // A response that is not from the gateway may have something else.
  const list = [errors ?? []].flat();
  // A private field of an entity is FORBIDDEN, whatever the reason.
  const rejected = list.filter(
    (error) =>
      /^(UNAUTHENTICATED|FORBIDDEN)$/.test(String(error?.extensions?.code)) &&
      reasons.includes(error?.extensions?.reason),
  );
  // If an error is below a root field, that field has run; if it leaves no data, others may have.
  const roots = rejected.filter((error) => (error?.path?.length ?? 0) <= (data ? 1 : 0)).length;
  const fields = Object.values(data ?? {});
  const hasRun = roots < Math.max(list.length, fields.length) || fields.some((value) => value !== null);
  return rejected.length > 0 && !(isMutation && hasRun);
}
