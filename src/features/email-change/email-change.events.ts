import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** A token that changes the email address was created. `token` and `expiresAt` are set only at delivery; the token is never stored. */
export class EmailChangeRequested extends DomainEvent {
  static readonly trail: TrailOf<EmailChangeRequested> = ['newEmail'];
  static readonly tokenPurpose = 'CHANGE_EMAIL';
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly newEmail: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** The account has a new address. */
export class EmailChanged extends DomainEvent {
  static readonly trail: TrailOf<EmailChanged> = ['email', 'previousEmail', 'verified'];
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly previousEmail: string;
  /** Whether the new address is verified. An operator may change it to one that is not. */
  declare readonly verified: boolean;
}
