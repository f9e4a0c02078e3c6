/** Something that happened, as listeners hear of it. Delivered at least once: `eventId` tells a repetition. */
export abstract class DomainEvent {
  declare readonly eventId: string;
  declare readonly occurredAt: Date;

  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

/** What an event says beside when it happened. */
export type EventFields<Event extends DomainEvent> = Omit<Event, keyof DomainEvent>;

export interface EventClass<Event extends DomainEvent = DomainEvent> {
  new (fields: object): Event;
  readonly name: string;
}

/** An account was created. */
export class UserRegistered extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}

/** Somebody tried to register an address that has an account already. */
export class RegistrationRefused extends DomainEvent {
  declare readonly email: string;
}

/** A session was opened with a password. */
export class UserLoggedIn extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly sessionId: string;
  declare readonly ipAddress: string | null;
  /** The User-Agent. */
  declare readonly deviceInfo: string | null;
  /** True when the device has not signed this user in before; false for the first one, of a new account. */
  declare readonly newDevice: boolean;
}

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

/** The user ended the current session. */
export class UserLoggedOut extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
}

/** A link that verifies the address is wanted, by somebody who typed the address. */
export class VerificationLinkRequested extends DomainEvent {
  declare readonly email: string;
  /** The registration that the link confirms; null if it only proves the address. */
  declare readonly claimId: string | null;
}

/** A token that verifies the address was made. `token` and `expiresAt` are set at delivery only; the token is never stored. */
export class EmailVerificationRequested extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** The user has proven to own the address. */
export class EmailVerified extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}

/** A link that resets the password is wanted, by somebody who typed the address. */
export class PasswordResetLinkRequested extends DomainEvent {
  declare readonly email: string;
}

/** A token that resets the password was made. `token` and `expiresAt` are set at delivery only; the token is never stored. */
export class PasswordResetRequested extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** The password was set with a reset token; every session has ended. */
export class PasswordReset extends DomainEvent {
  declare readonly userId: string;
}

/** The password was changed by who knew the old one; every other session has ended. */
export class PasswordChanged extends DomainEvent {
  declare readonly userId: string;
}

/** A token that moves the account to a new address was made. `token` and `expiresAt` are set at delivery only; the token is never stored. */
export class EmailChangeRequested extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly newEmail: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** The account has a new address. */
export class EmailChanged extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly previousEmail: string;
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

/** An operator gave the user other roles; access tokens that were issued before are stale. */
export class RolesChanged extends DomainEvent {
  declare readonly userId: string;
  declare readonly roles: readonly string[];
}

/** A session was ended before its time. */
export class SessionRevoked extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
  declare readonly reason: string;
}

/** A refresh token came back after it had been replaced: it has been copied, and its session was revoked. */
export class RefreshTokenReuseDetected extends DomainEvent {
  declare readonly userId: string;
  declare readonly sessionId: string;
}

/** Every event, by the name under which it is stored. */
export const EVENT_CLASSES = {
  UserRegistered,
  RegistrationRefused,
  UserLoggedIn,
  SignInFailed,
  UserLoggedOut,
  VerificationLinkRequested,
  EmailVerificationRequested,
  EmailVerified,
  PasswordResetLinkRequested,
  PasswordResetRequested,
  PasswordReset,
  PasswordChanged,
  EmailChangeRequested,
  EmailChanged,
  AccountLocked,
  AccountUnlocked,
  RolesChanged,
  SessionRevoked,
  RefreshTokenReuseDetected,
} as const satisfies Record<string, EventClass>;

export type EventName = keyof typeof EVENT_CLASSES;
