import { InvalidInputError } from '../../core/errors/errors.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { accountToChange, requireChange } from '../../core/management/change-outcome.js';
import { changeLocked, type AccountLocks } from '../../core/management/locked-change.js';
import type { Operator } from '../../core/management/operator.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import { findNamedUser } from '../../core/users/named-user.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';
import { AccountClosed } from './account-closing.events.js';
import type { AccountClosingConfig } from './account-closing.options.js';
import type { AccountClosingRepository, ClosingEvents, ClosingTimes } from './account-closing.repository.js';

/** A closed account. */
export interface ClosedAccount {
  readonly userId: string;
  /** Until when it can be restored. */
  readonly eraseAfter: Date;
  /** False if it was closed before. */
  readonly changed: boolean;
}

export interface ClosingOptions {
  readonly email?: string | undefined;
  readonly operator?: Operator | undefined;
}

export interface AccountClosingDependencies extends AccountLocks {
  readonly accountClosingRepository: AccountClosingRepository;
  readonly eventRecorder: EventRecorder;
  readonly config: AccountClosingConfig;
  readonly clock: Clock;
}

/** Closes accounts, which are erased later. */
export class AccountClosingService {
  constructor(private readonly deps: AccountClosingDependencies) {}

  /**
   * Closes an account, deactivated or not: ends all its sessions, access tokens and links, refuses further sign-ins, and
   * emails its user. Housekeeping erases it after `accountClosing.grace`. Until then, `accounts.reactivate` restores it.
   * @param name the address or id of the account
   * @throws InvalidInputError there is no such account, or accounts cannot be closed
   */
  async close(name: string): Promise<ClosedAccount> {
    const { id } = await findNamedUser(this.deps.userRepository, name);
    return this.closeById(id);
  }

  /**
   * Closes an account like `close`.
   * @param options.email the address that the account must have, typed again to prevent mistakes
   * @param options.operator who closes it; without one, the service itself or its command line does
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   * @throws AccountNotFoundError the account does not exist, or is about to be erased
   * @throws AccountProtectedError the operator may not close this account
   * @throws InvalidInputError the account has a different address, or accounts cannot be closed
   */
  async closeById(userId: string, { email: text, operator }: ClosingOptions = {}): Promise<ClosedAccount> {
    const { accountClosingRepository, config } = this.deps;
    const email = text === undefined ? undefined : requireEmailAddress('email', text);
    const account = accountToChange(userId, operator);
    if (!config.accountClosing.enabled)
      throw new StateConflictError('userId', 'Accounts cannot be closed here (ACCOUNT_CLOSING_ENABLED).');
    const outcome = await changeLocked(this.deps, account, () => {
      const times = this.timesFromNow();
      return accountClosingRepository.close(account, email, times, this.eventsOf(account.userId, times));
    });
    const problem = 'The account does not exist, or is about to be erased.';
    const unknown = (): UnknownAccountError => new UnknownAccountError('userId', problem);
    const { changed, record } = requireChange(outcome, operator, unknown);
    const { eraseAfter } = outcome;
    if (eraseAfter === undefined || (email !== undefined && record.email !== email))
      throw new InvalidInputError('email', 'The user has a different address.');
    return { userId: account.userId, eraseAfter, changed };
  }

  /** An account that is closed now. */
  private timesFromNow(): ClosingTimes {
    const { clock, config } = this.deps;
    const closedAt = clock.now();
    return { closedAt, eraseAfter: addSeconds(closedAt, parseDurationSeconds(config.accountClosing.grace) ?? 0) };
  }

  /** The statement adds the address, and the id of each session. */
  private eventsOf(userId: string, { eraseAfter }: ClosingTimes): ClosingEvents {
    const { eventRecorder } = this.deps;
    return {
      closed: eventRecorder.record(AccountClosed, { userId, email: '', eraseAfter: eraseAfter.toISOString() }),
      sessionEnded: eventRecorder.record(SessionRevoked, { userId, sessionId: '', reason: 'ACCOUNT_CLOSED' }),
    };
  }
}
