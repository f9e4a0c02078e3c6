import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { LockoutConfig } from '../../core/attempts/lockout.options.js';
import { InvalidInputError } from '../../core/errors/errors.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { AccountUnlocked } from '../../core/attempts/attempt.events.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import type { UserRepository } from '../../core/users/user.repository.js';

export interface UnlockDependencies {
  readonly userRepository: UserRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: LockoutConfig;
  readonly clock: Clock;
}

/** Starts and ends lockouts, for operators. */
export class UnlockService {
  constructor(private readonly deps: UnlockDependencies) {}

  /** Resets the count of wrong passwords for an address. Returns whether it was locked. */
  async unlock(email: string): Promise<boolean> {
    const { loginAttemptRepository, clock, eventRecorder, outboxRepository, unitOfWork, userRepository } = this.deps;
    const address = normalizeEmailAddress(email);
    if (address === undefined) return false;
    return unitOfWork.transaction(async () => {
      const wasLocked = await loginAttemptRepository.unlock(address, clock.now());
      const user = wasLocked ? await userRepository.findActiveByEmail(address) : undefined;
      if (user) await outboxRepository.insert([eventRecorder.record(AccountUnlocked, { userId: user.id })]);
      return wasLocked;
    });
  }

  /**
   * Refuses sign-ins of an address on any device. Sessions stay, and a later lock replaces an earlier one. Returns when it ends.
   * @param seconds at most `lockout.durationSeconds`, which is also the default
   * @throws InvalidInputError no active account has the address, or the time is too long
   */
  async lock(email: string, seconds?: number): Promise<Date> {
    const { clock, config, loginAttemptRepository } = this.deps;
    const { durationSeconds } = config.lockout;
    const address = normalizeEmailAddress(email);
    if (address === undefined || !(await this.isKnown(address)))
      throw new UnknownAccountError('email', 'No active account has this address.');
    if (seconds !== undefined && seconds > durationSeconds)
      throw new InvalidInputError(
        'seconds',
        `A lock lasts at most ${String(durationSeconds)} seconds (LOCKOUT_DURATION_SECONDS). Deactivate the account to ` +
          'keep someone out for longer.',
      );
    const now = clock.now();
    const until = addSeconds(now, seconds ?? durationSeconds);
    await loginAttemptRepository.lock(address, until, now);
    return until;
  }

  /** Returns whether an active account has the address. */
  async isKnown(email: string): Promise<boolean> {
    const address = normalizeEmailAddress(email);
    return address !== undefined && (await this.deps.userRepository.findActiveByEmail(address)) !== undefined;
  }
}
