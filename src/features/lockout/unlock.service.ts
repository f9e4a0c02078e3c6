import type { EventRecorder, RecordedEvent } from '../../core/events/recorded-event.js';
import type { LockoutConfig } from '../../core/attempts/lockout.options.js';
import { InvalidInputError } from '../../core/errors/errors.js';
import { accountToChange, requireChange, type ChangedAccount } from '../../core/management/change-outcome.js';
import type { Operator } from '../../core/management/operator.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AccountUnlocked } from '../../core/attempts/attempt.events.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import { readAccountName } from '../../core/users/account-name.js';
import { findNamedUser } from '../../core/users/named-user.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import { AccountLockedByOperator } from './lockout.events.js';
import type { UnlockRepository } from './unlock.repository.js';

export interface UnlockDependencies {
  readonly unlockRepository: UnlockRepository;
  readonly userRepository: UserRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: LockoutConfig;
  readonly clock: Clock;
}

/** Starts and ends lockouts, for operators. */
export class UnlockService {
  constructor(private readonly deps: UnlockDependencies) {}

  /**
   * Resets the count of wrong passwords for an address, with or without an account, or for the user with an id. Returns whether
   * it was locked.
   * @throws InvalidInputError nobody has the id
   */
  async unlock(name: string): Promise<boolean> {
    const { clock, unlockRepository } = this.deps;
    const wanted = readAccountName(name);
    if (!wanted) return false;
    if ('id' in wanted) return (await this.unlockUser(wanted.id)).changed;
    return unlockRepository.unlockAddress(wanted.email, clock.now(), this.unlocked());
  }

  /**
   * Resets the count of wrong passwords for a user. `changed` is false if sign-in was not locked.
   * @throws AccountNotFoundError, AccountProtectedError, UnauthenticatedError as for every change by an operator
   * @throws InvalidInputError the user does not exist, and there is no operator
   */
  async unlockUser(userId: string, operator?: Operator): Promise<ChangedAccount> {
    const { clock, unlockRepository } = this.deps;
    const account = accountToChange(userId, operator);
    const outcome = await unlockRepository.unlock(account, clock.now(), this.unlocked());
    const { changed, record } = requireChange(outcome, operator);
    // The record was read before the lock was removed.
    return { changed, record: { ...record, lockedUntil: null } };
  }

  /** The statement adds the id of the user. */
  private unlocked(): RecordedEvent {
    return this.deps.eventRecorder.record(AccountUnlocked, { userId: '' });
  }

  /**
   * Refuses sign-ins of an active user on any device. Sessions stay, and a later lock replaces an earlier one. Returns when it
   * ends.
   * @param name the address or id of the account
   * @param seconds at most `lockout.durationSeconds`, which is also the default
   * @throws InvalidInputError there is no such account, it is not active, or the time is negative or too long
   */
  async lock(name: string, seconds?: number): Promise<Date> {
    const { clock, config, eventRecorder, loginAttemptRepository, unitOfWork, userRepository } = this.deps;
    const { durationSeconds: longest } = config.lockout;
    const user = await findNamedUser(userRepository, name);
    const durationSeconds = seconds ?? longest;
    if (!(durationSeconds >= 0 && durationSeconds <= longest))
      throw new InvalidInputError(
        'seconds',
        `A lock lasts at least 0 and at most ${String(longest)} seconds (LOCKOUT_DURATION_SECONDS). Deactivate the account to ` +
          'keep someone out for longer.',
      );
    const now = clock.now();
    const until = addSeconds(now, durationSeconds);
    const locked = eventRecorder.record(AccountLockedByOperator, { userId: user.id, durationSeconds });
    await unitOfWork.transaction(async () => {
      await userRepository.lock(user.id);
      if (!(await loginAttemptRepository.lock(user, until, now, [locked])))
        throw new UnknownAccountError('user', 'No active account has this address or id.');
    });
    return until;
  }

  /** Returns whether there is an account with an address or id, active or not. */
  async isKnown(name: string): Promise<boolean> {
    const wanted = readAccountName(name);
    return wanted !== undefined && (await this.deps.userRepository.findNamed(wanted)) !== undefined;
  }
}
