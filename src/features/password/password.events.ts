import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** Someone requested a link that resets the password; whether one is sent is decided later. */
export class PasswordResetLinkRequested extends DomainEvent {
  static readonly trail: TrailOf<PasswordResetLinkRequested> = false;
  declare readonly email: string;
}

/** A token that resets the password was created. `token` and `expiresAt` are set only at delivery; the token is never stored. */
export class PasswordResetRequested extends DomainEvent {
  static readonly trail: TrailOf<PasswordResetRequested> = [];
  static readonly tokenPurpose = 'RESET_PASSWORD';
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** The password was reset with a token; every session has ended. */
export class PasswordReset extends DomainEvent {
  static readonly trail: TrailOf<PasswordReset> = [];
  declare readonly userId: string;
}

/** The user changed the password; every other session has ended. */
export class PasswordChanged extends DomainEvent {
  static readonly trail: TrailOf<PasswordChanged> = [];
  declare readonly userId: string;
}
