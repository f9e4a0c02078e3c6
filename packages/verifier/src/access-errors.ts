/** Why a caller is not signed in; the last is of a verifier in another subgraph, which could not fetch the keys. */
export type UnauthenticatedReason =
  'MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_ENDED' | 'KEYS_UNAVAILABLE';

/** Why a request is refused, whoever is signed in. */
export type RequestRefusal = 'NOT_FROM_ROUTER' | 'PREFLIGHT_MISSING' | 'ORIGIN_MISSING' | 'ORIGIN_NOT_ALLOWED';

/** Nobody is signed in. Never data: a top-level error, whose `extensions` a GraphQL server answers as they are. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  readonly extensions: { readonly code: 'UNAUTHENTICATED'; readonly reason: UnauthenticatedReason };

  constructor(reason: UnauthenticatedReason) {
    super('You must be signed in to do this.');
    this.extensions = { code: 'UNAUTHENTICATED', reason };
  }
}

interface Refusal {
  /** Why the caller is not signed in or the request is refused, where either is why. */
  readonly reason?: UnauthenticatedReason | RequestRefusal;
  /** What the access token would have to grant, all of it, where it does not. */
  readonly scopes?: readonly string[];
}

/** The caller may not see or do this. Never data: a top-level error, whose `extensions` a GraphQL server answers as they are. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly extensions: Refusal & { readonly code: 'FORBIDDEN' };

  constructor(refusal: Refusal = {}, message = 'You may not do this.') {
    super(message);
    this.extensions = { code: 'FORBIDDEN', ...refusal };
  }
}
