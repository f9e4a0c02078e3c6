import type { RequestQuotas } from '../../core/email/email-limit.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { User } from '../../core/users/user.js';

/** A new user, with the password and the events to store. */
export interface Registration {
  readonly user: User;
  readonly passwordHash: string;
  readonly quotas: RequestQuotas;
  /** Stored if the account is new. */
  readonly registered: readonly RecordedEvent[];
  /** Stored if the account is new, or if the quotas allow another email to an unverified address. */
  readonly emailRequested: readonly RecordedEvent[];
}

/** A registration whose address must be verified before the user can sign in. */
export interface UnverifiedRegistration extends Registration {
  readonly claimId: string;
  /** Stored if the account that has the address accepts no claims. */
  readonly refused: readonly RecordedEvent[];
}
