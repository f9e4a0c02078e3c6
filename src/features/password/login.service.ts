import { hashDeviceToken } from '../../core/devices/device-token.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { EmailNotVerifiedError, InvalidCredentialsError } from '../../core/errors/errors.js';
import type { DeviceRepository } from '../../core/devices/device.repository.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type {
  VerifiedPassword,
  PasswordVerificationService,
} from '../../core/credentials/password-verification.service.js';
import type { SignInFailures } from '../../core/attempts/sign-in-failures.js';
import type { PasswordHasher } from '../../core/credentials/password-hasher.js';
import { fitsBcrypt, normalizePassword } from '../../core/credentials/password-policy.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { AuthenticationService, OpenedSession } from '../../core/authentication/authentication.service.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
import type { AuthenticationConfig } from '../../core/authentication/authentication.options.js';
import { AccountUnlocked } from '../../core/attempts/attempt.events.js';
import { passwordProof } from './password.proof.js';

export interface LoginCommand {
  readonly email: string;
  readonly password: string;
  /** From an earlier sign-in on this device. Wrong passwords from other devices do not lock it. */
  readonly deviceToken?: string | null | undefined;
}

export interface LoginDependencies {
  readonly passwordVerification: PasswordVerificationService;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly signInFailures: SignInFailures;
  readonly authentication: AuthenticationService;
  readonly deviceRepository: DeviceRepository;
  readonly limit: RateLimit;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly config: AuthenticationConfig;
}

/** Signs users in with their password. */
export class LoginService {
  constructor(private readonly deps: LoginDependencies) {}

  /**
   * Opens a session if the password is correct. An unknown address, an inactive account and a wrong password give the same
   * result in the same time.
   * @throws InvalidInputError the address is not an email address
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is inactive
   * @throws AccountLockedError the address is locked after too many wrong passwords
   * @throws EmailNotVerifiedError the password is correct, but the address must be verified first
   * @throws TooManyRequestsError too many sign-ins, too many wrong passwords from one client address, or too many running comparisons
   * @see OWASP ASVS 5.0 §6.3.8
   */
  async login(command: LoginCommand, origin: RequestOrigin): Promise<OpenedSession> {
    const address = requireEmailAddress('email', command.email);
    const { deviceRepository, limit } = this.deps;
    const tokenHash = hashDeviceToken(command.deviceToken);
    const isKnown = tokenHash && (() => deviceRepository.belongsTo(address, tokenHash));
    await limit.take({ account: address, origin, isKnown });
    return this.signIn(address, command, origin);
  }

  private async signIn(
    address: string,
    command: LoginCommand,
    origin: RequestOrigin,
    isRepeated = false,
  ): Promise<OpenedSession> {
    const { password, deviceToken } = command;
    const { clock, loginAttemptRepository, config, signInFailures, passwordVerification } = this.deps;
    const checked = await passwordVerification.verifyForAddress(
      { email: address, deviceTokenHash: hashDeviceToken(deviceToken) },
      password,
      origin,
    );
    const { account, place } = checked;
    const failed = { email: address, userId: account.userId, sessionId: null, origin };
    if (config.registration.requireEmailVerification && !account.emailVerified) {
      const error = new EmailNotVerifiedError();
      await loginAttemptRepository.clear(place, clock.now(), [
        signInFailures.record(failed, error, { isCounted: false }),
      ]);
      throw error;
    }
    const opened = await this.open(checked, password, origin);
    if (opened) return opened;
    const error = new InvalidCredentialsError();
    // Another sign-in has probably rehashed the password, maybe in a process with a higher cost: compare with the new hash.
    await loginAttemptRepository.release(
      place,
      isRepeated ? [signInFailures.record(failed, error, { isCounted: false })] : [],
    );
    if (!isRepeated) return this.signIn(address, command, origin, true);
    throw error;
  }

  /** Opens a session, unless the password hash has changed since the comparison. */
  private async open(
    checked: VerifiedPassword,
    password: string,
    origin: RequestOrigin,
  ): Promise<OpenedSession | undefined> {
    const { authentication, clock, eventRecorder, hasher, loginAttemptRepository } = this.deps;
    const normalized = normalizePassword(password);
    try {
      // bcrypt would cut a longer password, so the hash of another system stays until the password changes.
      const rehash = checked.hashIsOld && fitsBcrypt(normalized) ? await hasher.hash(normalized) : undefined;
      const unlocked = [eventRecorder.record(AccountUnlocked, { userId: checked.account.userId })];
      const proof = passwordProof(checked, { provenAt: clock.now(), rehash, unlocked });
      return await authentication.signIn(proof, origin, checked.knownDeviceId);
    } catch (error) {
      // The password was correct, so a later failure must not count as a wrong password.
      await loginAttemptRepository.release(checked.place, []);
      throw error;
    }
  }
}
