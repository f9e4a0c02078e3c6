import { DomainEvent } from '../events/domain-event.js';

/** A link that verifies the address is wanted, by somebody who typed the address. */
export class VerificationLinkRequested extends DomainEvent {
  declare readonly email: string;
  /** The registration that the link confirms; null if it only proves the address. */
  declare readonly claimId: string | null;
}

/** The user has proven to own the address. */
export class EmailVerified extends DomainEvent {
  declare readonly userId: string;
  declare readonly email: string;
}
