import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
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
  readonly clock: Clock;
}

/** Ends lockouts, for operators. */
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

  /** Returns whether an active account has the address. */
  async isKnown(email: string): Promise<boolean> {
    const address = normalizeEmailAddress(email);
    return address !== undefined && (await this.deps.userRepository.findActiveByEmail(address)) !== undefined;
  }
}
