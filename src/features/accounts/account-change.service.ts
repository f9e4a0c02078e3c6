import { InvalidInputError } from '../../core/errors/errors.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import type { EventRecorder, RecordedEvent } from '../../core/events/recorded-event.js';
import { accountToChange, requireChange, type ChangedAccount } from '../../core/management/change-outcome.js';
import { changeLocked, type AccountLocks } from '../../core/management/locked-change.js';
import type { Operator } from '../../core/management/operator.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import { EmailVerified } from '../../core/users/user.events.js';
import { isLongerThan, isReadable } from '../../core/users/readable-text.js';
import type { Clock } from '../../platform/clock.js';
import { UserDeactivated, UserReactivated } from './account.events.js';
import type { AccountChangeRepository } from './account-change.repository.js';

const MAX_REASON_LENGTH = 500;
const LINE_BREAK_OR_TAB = /\r?\n|\t/;

export interface AccountChangeDependencies extends AccountLocks {
  readonly accountChangeRepository: AccountChangeRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/**
 * Changes accounts of any user, for operators and applications. Each method throws what `requireChange` throws, in
 * addition to what it names.
 */
export class AccountChangeService {
  constructor(private readonly deps: AccountChangeDependencies) {}

  /**
   * Marks an address as verified.
   * @throws InvalidInputError the account has a different address
   */
  async verifyEmail(userId: string, text: string, operator?: Operator): Promise<ChangedAccount> {
    const { accountChangeRepository, clock, eventRecorder } = this.deps;
    const email = requireEmailAddress('email', text);
    const account = accountToChange(userId, operator);
    const event = eventRecorder.record(EmailVerified, { userId: account.userId, email });
    const outcome = await changeLocked(this.deps, account, () =>
      accountChangeRepository.verifyEmail(account, email, clock.now(), event),
    );
    const changed = requireChange(outcome, operator);
    if (changed.record.email !== email) throw new InvalidInputError('email', 'The user has a different address.');
    return changed;
  }

  /**
   * Deactivates an account, and ends all its sessions, access tokens and links.
   * @throws InvalidInputError the reason is longer than 500 characters, or contains characters that nobody can read
   */
  async deactivate(userId: string, reason: string | null = null, operator?: Operator): Promise<ChangedAccount> {
    const { accountChangeRepository, clock, eventRecorder } = this.deps;
    if (reason !== null && isLongerThan(reason, MAX_REASON_LENGTH))
      throw new InvalidInputError('reason', `Must be at most ${String(MAX_REASON_LENGTH)} characters long.`);
    if (reason !== null && !reason.split(LINE_BREAK_OR_TAB).every(isReadable))
      throw new InvalidInputError('reason', 'Contains characters that are not allowed in a text.');
    const account = accountToChange(userId, operator);
    const events = {
      changed: eventRecorder.record(UserDeactivated, { userId: account.userId, reason }),
      sessionEnded: this.sessionEnded(account.userId),
    };
    const outcome = await changeLocked(this.deps, account, () =>
      accountChangeRepository.deactivate(account, reason, clock.now(), events),
    );
    return requireChange(outcome, operator);
  }

  /**
   * Opens an account again that was deactivated, or closed and not erased yet.
   */
  async reactivate(userId: string, operator?: Operator): Promise<ChangedAccount> {
    const { accountChangeRepository, clock, eventRecorder } = this.deps;
    const account = accountToChange(userId, operator);
    const events = {
      changed: eventRecorder.record(UserReactivated, { userId: account.userId }),
      sessionEnded: this.sessionEnded(account.userId),
    };
    const outcome = await changeLocked(this.deps, account, () =>
      accountChangeRepository.reactivate(account, clock.now(), events),
    );
    const problem = 'The account does not exist, or can no longer be restored.';
    return requireChange(outcome, operator, () => new UnknownAccountError('user', problem));
  }

  /** The statement adds the id of each session. */
  private sessionEnded(userId: string): RecordedEvent {
    return this.deps.eventRecorder.record(SessionRevoked, { userId, sessionId: '', reason: 'DEACTIVATED' });
  }
}
