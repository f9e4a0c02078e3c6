import type { UnauthenticatedReason } from './access-errors.js';

/** Why a token is rejected, as sent to clients in `extensions.reason`. */
export type RejectionReason = Exclude<UnauthenticatedReason, 'MISSING'>;

/** A token is rejected. `code` is for clients; `detail` is for the log and contains nothing from the token. */
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
  KEYS_UNAVAILABLE: 'The keys that verify access tokens are unavailable.',
};
