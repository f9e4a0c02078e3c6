import type { RequestQuotas } from '../../core/email/email-limit.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { User } from '../../core/users/user.js';

/** A user who registers, with the password and the events that follow. */
export interface Registration {
  readonly user: User;
  readonly passwordHash: string;
  readonly quotas: RequestQuotas;
  /** Happen if the account is new. */
  readonly registered: readonly RecordedEvent[];
  /** Happen if the quotas allow another email. */
  readonly emailRequested: readonly RecordedEvent[];
}

/** A registration of an address that must be verified before anybody signs in. */
export interface UnverifiedRegistration extends Registration {
  readonly claimId: string;
  /** Happen if the address is taken: its owner has verified it, or has closed the account. */
  readonly refused: readonly RecordedEvent[];
}
