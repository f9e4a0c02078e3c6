import type { AuthConfig } from '../config/config.js';
import type { EventRecorder } from '../events/recorded-event.js';
import { addSeconds, type Clock } from '../kernel/clock.js';
import { UnauthenticatedError } from '../kernel/access-errors.js';
import { AccountLockedError, InvalidCredentialsError, TooManyRequestsError } from '../kernel/errors.js';
import { AccountLocked } from '../kernel/events.js';
import type { PasswordHasher } from '../passwords/password-hasher.js';
import { normalizePassword } from '../passwords/password-policy.js';
import type { SessionOwner } from '../sessions/session.js';
import type {
  Attempt,
  AttemptAccount,
  AttemptSubject,
  LockoutLimits,
  LoginAttemptRepository,
} from './login-attempt.repository.js';

/** More attempts than anybody makes: what the limit is when lockout is switched off. */
const NO_LIMIT = 2 ** 31 - 1;

/** A password that was right. */
export interface CheckedPassword {
  readonly account: AttemptAccount & { readonly passwordHash: string };
  /** The counter that the success clears. */
  readonly attemptKey: Buffer;
  /** True when this very attempt locked sign-in, of which nobody was told yet. */
  readonly wasLocking: boolean;
  readonly knownDeviceId: string | null;
}

export interface PasswordCheckDependencies {
  readonly attempts: LoginAttemptRepository;
  readonly hasher: PasswordHasher;
  readonly events: EventRecorder;
  readonly config: AuthConfig;
  readonly clock: Clock;
}

/** Compares passwords, counts the guesses, and locks when there are too many. */
export class PasswordCheckService {
  constructor(private readonly deps: PasswordCheckDependencies) {}

  /**
   * Compares the password of an address. An unknown address costs the same work, counts and locks the same.
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is not active
   * @throws AccountLockedError too many wrong passwords before; nothing is compared
   * @throws TooManyRequestsError too many attempts from one client address, or too many wait to be compared
   */
  async ofAddress(
    subject: { email: string; deviceTokenHash: Buffer | undefined; ipAddress: string | null },
    password: string,
  ): Promise<CheckedPassword> {
    return this.check(subject, password);
  }

  /**
   * Compares the viewer's own password again, counted like a sign-in.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the password is wrong
   * @throws AccountLockedError too many wrong passwords before; nothing is compared
   */
  async ofViewer(viewer: SessionOwner, password: string): Promise<CheckedPassword> {
    return this.check({ viewer }, password);
  }

  private async check(subject: AttemptSubject, password: string): Promise<CheckedPassword> {
    const limits = this.limits();
    const attempt = await this.deps.attempts.take(this.counted(subject), limits);
    if (attempt.keyHash === null) throw new UnauthenticatedError('SESSION_ENDED');
    if (attempt.clientIsLimited) throw new TooManyRequestsError(secondsLeft(attempt, limits));
    if (attempt.attempts === null) throw new AccountLockedError(secondsLeft(attempt, limits));
    const matches = await this.compare(password, attempt, attempt.keyHash);
    const locks = attempt.attempts >= limits.maxAttempts;
    if (matches && attempt.account?.passwordHash != null)
      return {
        account: { ...attempt.account, passwordHash: attempt.account.passwordHash },
        attemptKey: attempt.keyHash,
        wasLocking: locks,
        knownDeviceId: attempt.knownDeviceId,
      };
    if (locks) await this.recordLock(attempt, attempt.keyHash);
    throw new InvalidCredentialsError();
  }

  /** Without a limit nothing is counted by client address: behind a gateway that would be one row for everybody. */
  private counted(subject: AttemptSubject): AttemptSubject {
    const { enabled, maxAttemptsPerClient } = this.deps.config.lockout;
    const isLimited = enabled && maxAttemptsPerClient > 0;
    return 'email' in subject && !isLimited ? { ...subject, ipAddress: null } : subject;
  }

  /** A service that is too busy to compare has not seen a guess. */
  private async compare(password: string, { account }: Attempt, keyHash: Buffer): Promise<boolean> {
    try {
      return await this.deps.hasher.verify(normalizePassword(password), account?.passwordHash ?? undefined);
    } catch (error) {
      await this.deps.attempts.giveBack(keyHash);
      throw error;
    }
  }

  private async recordLock({ account, attempts }: Attempt, keyHash: Buffer): Promise<void> {
    const event = this.deps.events.record(AccountLocked, {
      userId: account?.userId ?? '',
      failedAttempts: attempts ?? 0,
    });
    await this.deps.attempts.recordLock(keyHash, this.deps.clock.now(), [event], account !== undefined);
  }

  private limits(): LockoutLimits {
    const { enabled, maxAttempts, maxAttemptsPerClient, durationSeconds } = this.deps.config.lockout;
    const now = this.deps.clock.now();
    return {
      now,
      maxAttempts: enabled ? maxAttempts : NO_LIMIT,
      maxAttemptsPerClient,
      windowStart: addSeconds(now, -durationSeconds),
      lockUntil: addSeconds(now, durationSeconds),
    };
  }
}

function secondsLeft({ lockedUntil }: Attempt, { now, lockUntil }: LockoutLimits): number {
  const until = lockedUntil ?? lockUntil;
  return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
}
