import { DomainEvent, type TrailOf } from '../events/domain-event.js';

/** Why a password was rejected. */
export type SignInFailureReason = 'INVALID_CREDENTIALS' | 'ACCOUNT_LOCKED' | 'EMAIL_NOT_VERIFIED' | 'TOO_MANY_REQUESTS';

/** A password was rejected, at sign-in or when a signed-in user had to enter it again. */
export class SignInFailed extends DomainEvent {
  static readonly trail: TrailOf<SignInFailed> = ['reason'];
  static readonly isLoggedWhenRecorded = true;
  /** Null if the address has no active account. */
  declare readonly userId: string | null;
  /** The session in which the password had to be entered again; null for a sign-in. */
  declare readonly sessionId: string | null;
  declare readonly reason: SignInFailureReason;
  declare readonly ipAddress: string | null;
  /** The User-Agent header. */
  declare readonly userAgent: string | null;
}

/** Sign-in is locked for a while after too many wrong passwords in a row. */
export class AccountLocked extends DomainEvent {
  static readonly trail: TrailOf<AccountLocked> = ['failedAttempts'];
  declare readonly userId: string;
  declare readonly failedAttempts: number;
}

/** A lockout ended early: after a successful sign-in, a password reset or an accepted invitation, or by an operator. */
export class AccountUnlocked extends DomainEvent {
  static readonly trail: TrailOf<AccountUnlocked> = [];
  declare readonly userId: string;
}
