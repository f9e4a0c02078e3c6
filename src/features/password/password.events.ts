import { DomainEvent } from '../../core/events/domain-event.js';

/** A link that resets the password is wanted, by somebody who typed the address. */
export class PasswordResetLinkRequested extends DomainEvent {
  declare readonly email: string;
}

/** A token that resets the password was made. `token` and `expiresAt` are set at delivery only; the token is never stored. */
export class PasswordResetRequested extends DomainEvent {
  static readonly tokenPurpose = 'RESET_PASSWORD';
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
