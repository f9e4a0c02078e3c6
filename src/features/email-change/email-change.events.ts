import { DomainEvent } from '../../core/events/domain-event.js';

/** A token that changes the email address was created. `token` and `expiresAt` are set only at delivery; the token is never stored. */
export class EmailChangeRequested extends DomainEvent {
  static readonly tokenPurpose = 'CHANGE_EMAIL';
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
