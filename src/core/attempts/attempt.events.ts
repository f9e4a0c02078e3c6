import { DomainEvent } from '../events/domain-event.js';

/** A password was refused, at sign-in or when a signed-in user had to enter it again. */
export class SignInFailed extends DomainEvent {
  /** Null if the address has no active account. */
  declare readonly userId: string | null;
  /** The session that asked for the password again; null for a sign-in. */
  declare readonly sessionId: string | null;
  /** `INVALID_CREDENTIALS`, `ACCOUNT_LOCKED`, `EMAIL_NOT_VERIFIED` or `TOO_MANY_REQUESTS`. */
  declare readonly reason: string;
  declare readonly ipAddress: string | null;
  /** The User-Agent. */
  declare readonly userAgent: string | null;
}

/** Too many wrong passwords in a row: sign-in is refused for a while. */
export class AccountLocked extends DomainEvent {
  declare readonly userId: string;
  declare readonly failedAttempts: number;
}

/** The lockout ended early: by a success, a reset or an operator. */
export class AccountUnlocked extends DomainEvent {
  declare readonly userId: string;
}
