/** Why a caller is not signed in, as clients read it in `extensions.reason`. */
export type RejectionReason = 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_ENDED' | 'KEYS_UNAVAILABLE';

/** A token is refused. `code` is for clients; `detail` is for the log and holds nothing of the token. */
export class TokenVerificationError extends Error {
  override readonly name = 'TokenVerificationError';

  constructor(
    readonly code: RejectionReason,
    readonly detail?: string,
  ) {
    super(MESSAGES[code]);
  }
}

const MESSAGES: Readonly<Record<RejectionReason, string>> = {
  TOKEN_EXPIRED: 'The access token has expired.',
  TOKEN_INVALID: 'The access token is not valid.',
  SESSION_ENDED: 'The session of the access token has ended.',
  KEYS_UNAVAILABLE: 'The keys that verify access tokens cannot be had.',
};

/** Nobody is signed in. A GraphQL server answers its `extensions` as they are. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  readonly extensions: { readonly code: 'UNAUTHENTICATED'; readonly reason: RejectionReason | 'MISSING' };

  constructor(reason: RejectionReason | 'MISSING') {
    super('You must be signed in to do this.');
    this.extensions = { code: 'UNAUTHENTICATED', reason };
  }
}

/** Somebody is signed in who may not do this. A GraphQL server answers its `extensions` as they are. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly extensions: { readonly code: 'FORBIDDEN'; readonly scopes?: readonly string[] };

  /** @param scopes what the access token would have to grant, every one of them */
  constructor(scopes?: readonly string[]) {
    super('You may not do this.');
    this.extensions = { code: 'FORBIDDEN', ...(scopes && { scopes }) };
  }
}
