/**
 * Why a caller is not signed in. Only verifiers in other subgraphs use the last reason: the keys could not be fetched.
 */
export type UnauthenticatedReason =
  'MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_ENDED' | 'KEYS_UNAVAILABLE';

/** Why a request is rejected even with a valid access token. `USER_REQUIRED`: it is the token of a service account. */
export type RequestRefusal =
  'NOT_FROM_ROUTER' | 'PREFLIGHT_MISSING' | 'ORIGIN_MISSING' | 'ORIGIN_NOT_ALLOWED' | 'USER_REQUIRED';

/** No user is signed in. Never data, always a top-level error; GraphQL servers send its `extensions` unchanged. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  readonly extensions: { readonly code: 'UNAUTHENTICATED'; readonly reason: UnauthenticatedReason };

  constructor(reason: UnauthenticatedReason) {
    super('You must be signed in to do this.');
    this.extensions = { code: 'UNAUTHENTICATED', reason };
  }
}

interface Refusal {
  /** Why the caller is not signed in, or why the request is rejected, if known. */
  readonly reason?: UnauthenticatedReason | RequestRefusal;
  /** The scopes that the access token must grant, if some are missing. */
  readonly scopes?: readonly string[];
}

/**
 * The caller is not allowed to see or do this. Never data, always a top-level error; GraphQL servers send its
 * `extensions` unchanged.
 */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly extensions: Refusal & { readonly code: 'FORBIDDEN' };

  constructor(refusal: Refusal = {}, message = 'You may not do this.') {
    super(message);
    this.extensions = { code: 'FORBIDDEN', ...refusal };
  }
}
