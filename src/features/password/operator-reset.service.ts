import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import { AccountProtectedError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { accountToChange, requireChange } from '../../core/management/change-outcome.js';
import type { Operator } from '../../core/management/operator.js';
import type { Clock } from '../../platform/clock.js';
import type { OperatorResetRepository } from './operator-reset.repository.js';
import { PasswordResetLinkRequested } from './password.events.js';

const KIND = 'reset-password';

export interface OperatorResetDependencies {
  readonly operatorResetRepository: OperatorResetRepository;
  readonly emailLimits: EmailLimitService;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** Sends links that reset the password, for operators. Nobody but the user ever sees or chooses a password. */
export class OperatorResetService {
  constructor(private readonly deps: OperatorResetDependencies) {}

  /**
   * Emails a link to a user. The current password stays valid until it is used.
   * @returns the address
   * @throws AccountNotFoundError, UnauthenticatedError as for every change by an operator
   * @throws AccountProtectedError the operator may not change the account, or the account is closed
   * @throws TooManyRequestsError too many links were sent to the user
   */
  async request(userId: string, operator?: Operator): Promise<string> {
    const { clock, emailLimits, eventRecorder, operatorResetRepository } = this.deps;
    const account = accountToChange(userId, operator);
    const email = { kind: KIND, limits: emailLimits.recipientLimits };
    // The statement adds the address.
    const event = eventRecorder.record(PasswordResetLinkRequested, { email: '' });
    const outcome = await operatorResetRepository.request(account, email, clock.now(), event);
    const { changed, record } = requireChange(outcome, operator);
    if (!record.active) throw new AccountProtectedError();
    if (!changed) throw await emailLimits.recipientRefusal(KIND, record.email);
    return record.email;
  }
}
