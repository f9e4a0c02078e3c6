import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** A token that verifies the address was created. `token` and `expiresAt` are set only at delivery; the token is never stored. */
export class EmailVerificationRequested extends DomainEvent {
  static readonly trail: TrailOf<EmailVerificationRequested> = [];
  static readonly tokenPurpose = 'VERIFY_EMAIL';
  declare readonly userId: string;
  declare readonly email: string;
  declare readonly token: string;
  declare readonly expiresAt: Date;
}
