import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** An operator or an application created an account, which has no password yet. */
export class UserCreated extends DomainEvent {
  static readonly trail: TrailOf<UserCreated> = ['email', 'invited', 'roles'];
  declare readonly userId: string;
  declare readonly email: string;
  /** Whether the user is invited by email. False too if the address has reached its limit of emails. */
  declare readonly invited: boolean;
  /** The roles that the account begins with. */
  declare readonly roles: readonly string[];
}

/** A token that accepts an invitation was created. `token` and `expiresAt` are set only at delivery; the token is never stored. */
export class InvitationRequested extends DomainEvent {
  static readonly trail: TrailOf<InvitationRequested> = [];
  static readonly tokenPurpose = 'INVITATION';
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}

/** An invited user chose a password and signed in. */
export class InvitationAccepted extends DomainEvent {
  static readonly trail: TrailOf<InvitationAccepted> = [];
  declare readonly userId: string;
  declare readonly email: string;
}
