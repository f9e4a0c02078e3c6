import type { EventRecorder } from '../events/recorded-event.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, secondsUntil, type Clock } from '../../platform/clock.js';
import { AccountLockedError, DomainError, InvalidCredentialsError, TooManyRequestsError } from '../errors/errors.js';
import { AccountLocked } from '../attempts/attempt.events.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword } from './password-policy.js';
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

/** More attempts than anybody makes: what the limit is when lockout is switched off. */
const NO_LIMIT = 2 ** 31 - 1;

/** Longer than any password waits to be compared. After it the place of a process that died is free again. */
const PLACE_SECONDS = 60;
/** How long a comparison takes, unless the service is overloaded or has died. */
const USUAL_SECONDS = 5;

/** A password that was right. */
export interface VerifiedPassword {
  readonly account: AttemptAccount & { readonly passwordHash: string };
  /** The place that the success releases, and whose failures it clears. */
  readonly place: Place;
  readonly knownDeviceId: string | null;
}

export interface PasswordCheckDependencies {
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly signInFailures: SignInFailures;
  readonly hasher: PasswordHasher;
  readonly eventRecorder: EventRecorder;
  readonly config: LockoutConfig;
  readonly clock: Clock;
}

/** Compares passwords, counts the wrong ones, and locks when there are too many. */
export class PasswordVerificationService {
  constructor(private readonly deps: PasswordCheckDependencies) {}

  /**
   * Compares the password of an address. An unknown address costs the same work, counts and locks the same.
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is not active
   * @throws AccountLockedError too many wrong passwords before; nothing is compared
   * @throws TooManyRequestsError too many wrong passwords from one client address, or too many are being compared
   */
  async verifyForAddress(
    subject: { email: string; deviceTokenHash: Buffer | undefined; ipAddress: string | null },
    password: string,
    origin: RequestOrigin,
  ): Promise<VerifiedPassword> {
    return this.check(subject, password, origin);
  }

  /**
   * Compares the viewer's own password again, counted like a sign-in.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the password is wrong
   * @throws AccountLockedError too many wrong passwords before; nothing is compared
   * @throws TooManyRequestsError too many passwords are being compared
   */
  async verifyForViewer(viewer: SessionOwner, password: string, origin: RequestOrigin): Promise<VerifiedPassword> {
    return this.check({ viewer }, password, origin);
  }

  private async check(subject: AttemptSubject, password: string, origin: RequestOrigin): Promise<VerifiedPassword> {
    const { loginAttemptRepository, eventRecorder, signInFailures, hasher } = this.deps;
    const limits = this.limits();
    const attempt = await loginAttemptRepository.take(this.counted(subject), limits);
    const { account, knownDeviceId, place } = attempt;
    if (!place) throw new UnauthenticatedError('SESSION_ENDED');
    const failed = describe(subject, attempt, origin);
    const refuse = async (error: unknown): Promise<never> => {
      await loginAttemptRepository.release(
        place,
        error instanceof DomainError ? [signInFailures.record(failed, error)] : [],
      );
      throw error;
    };
    if (attempt.refusedBy !== null) return refuse(refusalOf(attempt, limits));
    let matches: boolean;
    try {
      matches = await hasher.verify(normalizePassword(password), account?.passwordHash ?? undefined);
    } catch (error) {
      // A service that is too busy to compare has not seen a guess.
      return refuse(error);
    }
    if (matches && account?.passwordHash != null)
      return { account: { ...account, passwordHash: account.passwordHash }, place, knownDeviceId };
    const error = new InvalidCredentialsError();
    const lock = { userId: account?.userId ?? '', failedAttempts: limits.maxAttempts };
    await loginAttemptRepository.fail(place, limits, {
      failed: [signInFailures.record(failed, error)],
      locked: account ? [eventRecorder.record(AccountLocked, lock)] : [],
    });
    throw error;
  }

  /** Without a limit nothing is counted by client address: behind a gateway that would be one row for everybody. */
  private counted(subject: AttemptSubject): AttemptSubject {
    const { enabled, maxAttemptsPerClient } = this.deps.config.lockout;
    const isLimited = enabled && maxAttemptsPerClient > 0;
    return 'email' in subject && !isLimited ? { ...subject, ipAddress: null } : subject;
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

/** Only failures lock; a limit that comparisons under way fill has room again in a moment. */
function refusalOf(
  { refusedBy, lockedUntil, firstPlaceUntil }: Attempt,
  { now, lockUntil }: LockoutLimits,
): DomainError {
  if (lockedUntil !== null && lockedUntil > now) {
    const seconds = secondsUntil(lockedUntil < lockUntil ? lockedUntil : lockUntil, now);
    return refusedBy === 'client' ? new TooManyRequestsError(seconds) : new AccountLockedError(seconds);
  }
  const seconds = firstPlaceUntil === null ? 1 : secondsUntil(firstPlaceUntil, now);
  return new TooManyRequestsError(seconds > PLACE_SECONDS - USUAL_SECONDS ? 1 : seconds);
}
