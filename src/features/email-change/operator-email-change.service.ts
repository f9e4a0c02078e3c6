import { EmailAlreadyExistsError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { accountToChange, requireChange, type ChangedAccount } from '../../core/management/change-outcome.js';
import { changeLocked, type AccountLocks } from '../../core/management/locked-change.js';
import type { Operator } from '../../core/management/operator.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { Clock } from '../../platform/clock.js';
import { EmailChanged } from './email-change.events.js';
import type { OperatorEmailChangeRepository } from './operator-email-change.repository.js';

export interface OperatorEmailChangeDependencies extends AccountLocks {
  readonly operatorEmailChangeRepository: OperatorEmailChangeRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** Changes addresses of any user, for operators. */
export class OperatorEmailChangeService {
  constructor(private readonly deps: OperatorEmailChangeDependencies) {}

  /**
   * Moves an account to another address, and ends its sessions, access tokens and links. The previous address gets a notice.
   * @param newEmail changes nothing if the account has it already
   * @param options.verified whether you know that the address belongs to the user
   * @throws InvalidInputError the new address is not an email address
   * @throws EmailAlreadyExistsError another account has the address
   * @throws AccountNotFoundError, AccountProtectedError, UnauthenticatedError as for every change by an operator
   */
  async change(
    userId: string,
    newEmail: string,
    { verified = false, operator }: { readonly verified?: boolean; readonly operator?: Operator } = {},
  ): Promise<ChangedAccount> {
    const { clock, eventRecorder, operatorEmailChangeRepository: repository } = this.deps;
    const email = requireEmailAddress('newEmail', newEmail);
    const account = accountToChange(userId, operator);
    return changeLocked(this.deps, account, async () => {
      const now = clock.now();
      const outcome = await repository.change(account, { email, verifiedAt: verified ? now : null }, now, {
        // The statement adds the previous address, and the id of each session.
        changed: eventRecorder.record(EmailChanged, { userId: account.userId, email, previousEmail: '', verified }),
        sessionEnded: eventRecorder.record(SessionRevoked, {
          userId: account.userId,
          sessionId: '',
          reason: 'EMAIL_CHANGED',
        }),
      });
      if (outcome === 'taken') throw new EmailAlreadyExistsError();
      return requireChange(outcome, operator);
    });
  }
}
