import type { EventRecorder } from '../events/recorded-event.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import { networkOfOrigin } from '../../platform/http/origin-network.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, secondsUntil, type Clock } from '../../platform/clock.js';
import { AccountLockedError, InvalidCredentialsError, TooManyRequestsError } from '../errors/errors.js';
import { AccountLocked } from '../attempts/attempt.events.js';
import type { PasswordHasher } from './password-hasher.js';
import { comparePassword } from './password-comparison.js';
import type { SessionOwner } from '../sessions/session.js';
import type {
  Attempt,
  AttemptAccount,
  AttemptSubject,
  LockoutLimits,
  LoginAttemptRepository,
} from '../attempts/login-attempt.repository.js';
import type { Place } from '../attempts/login-attempt.row.js';
import type { FailedSignIn, SignInFailures } from '../attempts/sign-in-failures.js';
import type { LockoutConfig } from '../attempts/lockout.options.js';

/** Stands for "no limit" if lockout is disabled. */
const NO_LIMIT = 2 ** 31 - 1;

/** Longer than any comparison has to wait. After this, the place of a crashed process becomes free again. */
const PLACE_SECONDS = 60;
/** An upper bound of the time that a comparison takes, unless the service is overloaded or has crashed. */
const USUAL_SECONDS = 5;

/** The result of a correct password. */
export interface VerifiedPassword {
  readonly account: AttemptAccount & { readonly passwordHash: string };
  /** The place to release; the failures of its counter are reset. */
  readonly place: Place;
  readonly knownDeviceId: string | null;
  /** Whether a sign-in replaces the hash. */
  readonly hashIsOld: boolean;
}

export interface PasswordCheckDependencies {
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly signInFailures: SignInFailures;
  readonly hasher: PasswordHasher;
  readonly eventRecorder: EventRecorder;
  readonly config: LockoutConfig;
  readonly clock: Clock;
}

/** Compares passwords, counts wrong ones and locks sign-in after too many. */
export class PasswordVerificationService {
  constructor(private readonly deps: PasswordCheckDependencies) {}

  /**
   * Compares a password with that of an address. An unknown address takes the same time, and is counted and locked alike.
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is inactive
   * @throws AccountLockedError the address is locked after too many wrong passwords; nothing is compared
   * @throws TooManyRequestsError too many wrong passwords from one client address, or too many running comparisons
   */
  async verifyForAddress(
    subject: { email: string; deviceTokenHash: Buffer | undefined },
    password: string,
    origin: RequestOrigin,
  ): Promise<VerifiedPassword> {
    return this.check(subject, password, origin);
  }

  /**
   * Compares the viewer's own password. Wrong passwords count like those of a sign-in.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the password is wrong
   * @throws AccountLockedError the address is locked after too many wrong passwords; nothing is compared
   * @throws TooManyRequestsError too many wrong passwords from one client address, or too many running comparisons
   */
  async verifyForViewer(viewer: SessionOwner, password: string, origin: RequestOrigin): Promise<VerifiedPassword> {
    return this.check({ viewer }, password, origin);
  }

  private async check(subject: AttemptSubject, password: string, origin: RequestOrigin): Promise<VerifiedPassword> {
    const { loginAttemptRepository, signInFailures, hasher } = this.deps;
    const limits = this.limits();
    const attempt = await loginAttemptRepository.take(subject, this.networkOf(origin), limits);
    const { account, knownDeviceId, place } = attempt;
    if (!place) throw new UnauthenticatedError('SESSION_ENDED');
    const failed = describe(subject, attempt, origin);
    if (attempt.refusedBy !== null) {
      const refusal = refusalOf(attempt, limits);
      await loginAttemptRepository.release(place, [signInFailures.record(failed, refusal, { isCounted: false })]);
      throw refusal;
    }
    let mismatches = 0;
    try {
      const comparer = { connection: origin.connection, onMismatch: () => (mismatches += 1) };
      const matched = await comparePassword(hasher, password, account?.passwordHash ?? undefined, comparer);
      if (matched && account?.passwordHash != null) {
        const { passwordHash } = account;
        const hashIsOld = matched === 'as typed' || (hasher.needsRehash(passwordHash) as unknown) === true;
        return { account: { ...account, passwordHash }, place, knownDeviceId, hashIsOld };
      }
    } catch (error) {
      // A busy service says nothing about the sign-in, unless the password was compared in one of its forms.
      await (mismatches > 0 ? this.fail(attempt, place, failed, limits) : loginAttemptRepository.release(place, []));
      throw error;
    }
    await this.fail(attempt, place, failed, limits);
    throw new InvalidCredentialsError();
  }

  private async fail({ account }: Attempt, place: Place, failed: FailedSignIn, limits: LockoutLimits): Promise<void> {
    const { eventRecorder, loginAttemptRepository, signInFailures } = this.deps;
    const lock = { userId: account?.userId ?? '', failedAttempts: limits.maxAttempts };
    await loginAttemptRepository.fail({ place, userId: failed.userId, email: failed.email }, limits, {
      failed: [signInFailures.record(failed, new InvalidCredentialsError(), { isCounted: true })],
      locked: account ? [eventRecorder.record(AccountLocked, lock)] : [],
    });
  }

  /** Client addresses are counted only if they are limited: behind a gateway, all users may share one row. */
  private networkOf(origin: RequestOrigin): string | undefined {
    return this.deps.config.lockout.maxAttemptsPerClient > 0 ? networkOfOrigin(origin) : undefined;
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
      placeUntil: addSeconds(now, PLACE_SECONDS),
    };
  }
}

function describe(subject: AttemptSubject, { account }: Attempt, origin: RequestOrigin): FailedSignIn {
  return {
    email: 'email' in subject ? subject.email : (account?.email ?? ''),
    userId: account?.userId ?? null,
    sessionId: 'viewer' in subject ? subject.viewer.sessionId : null,
    origin,
  };
}

/** Only failures lock. A limit that is filled by running comparisons has room again shortly. */
function refusalOf(
  { refusedBy, lockedUntil, firstPlaceUntil }: Attempt,
  { now, lockUntil }: LockoutLimits,
): TooManyRequestsError | AccountLockedError {
  if (lockedUntil !== null && lockedUntil > now) {
    const seconds = secondsUntil(lockedUntil < lockUntil ? lockedUntil : lockUntil, now);
    return refusedBy === 'client' ? new TooManyRequestsError(seconds) : new AccountLockedError(seconds);
  }
  const seconds = firstPlaceUntil === null ? 1 : secondsUntil(firstPlaceUntil, now);
  return new TooManyRequestsError(seconds > PLACE_SECONDS - USUAL_SECONDS ? 1 : seconds);
}
