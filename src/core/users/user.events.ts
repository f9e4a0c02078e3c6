import { DomainEvent, type TrailOf } from '../events/domain-event.js';

/** Someone requested a link that verifies the address; whether one is sent is decided later. */
export class VerificationLinkRequested extends DomainEvent {
  static readonly trail: TrailOf<VerificationLinkRequested> = false;
  declare readonly email: string;
  /** The registration claim that the link confirms; null if the link only verifies the address. */
  declare readonly claimId: string | null;
}

/** The user has verified the email address. */
export class EmailVerified extends DomainEvent {
  static readonly trail: TrailOf<EmailVerified> = ['email'];
  declare readonly userId: string;
  declare readonly email: string;
}
