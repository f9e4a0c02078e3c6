import { hashDeviceToken } from '../../core/devices/device-token.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { EmailNotVerifiedError, InvalidCredentialsError } from '../../core/errors/errors.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import { networkOf } from '../../platform/http/origin-network.js';
import type {
  VerifiedPassword,
  PasswordVerificationService,
} from '../../core/credentials/password-verification.service.js';
import type { SignInFailures } from '../../core/attempts/sign-in-failures.js';
import type { PasswordHasher } from '../../core/credentials/password-hasher.js';
import { normalizePassword } from '../../core/credentials/password-policy.js';
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
  /** From an earlier sign-in on this device: strangers' guesses do not shut it out. */
  readonly deviceToken?: string | null | undefined;
}

export interface LoginDependencies {
  readonly passwordVerification: PasswordVerificationService;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly signInFailures: SignInFailures;
  readonly authentication: AuthenticationService;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly config: AuthenticationConfig;
}

/** Signs people in with their password. */
export class LoginService {
  constructor(private readonly deps: LoginDependencies) {}

  /**
   * Opens a session for the right password. Unknown, inactive and wrong cost the same work and answer the same.
   * @throws InvalidInputError the address is not an email address
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is not active
   * @throws AccountLockedError too many wrong passwords before
   * @throws EmailNotVerifiedError the password is right, but the address must be verified first
   * @throws TooManyRequestsError too many wrong passwords from one client address, or too many are being compared
   * @see OWASP ASVS 5.0 §6.3.8
   */
  async login(command: LoginCommand, origin: RequestOrigin): Promise<OpenedSession> {
    const { email, password, deviceToken } = command;
    const { loginAttemptRepository, config, signInFailures, passwordVerification } = this.deps;
    const address = requireEmailAddress('email', email);
    const checked = await passwordVerification.verifyForAddress(
      {
        email: address,
        deviceTokenHash: hashDeviceToken(deviceToken),
        ipAddress: origin.ipAddress && networkOf(origin.ipAddress),
      },
      password,
      origin,
    );
    const { account, place } = checked;
    const failed = { email: address, userId: account.userId, sessionId: null, origin };
    if (config.registration.requireEmailVerification && !account.emailVerified) {
      const error = new EmailNotVerifiedError();
      await loginAttemptRepository.clear(place, [signInFailures.record(failed, error)]);
      throw error;
    }
    const { opened, hashIsOld } = await this.open(checked, password, origin);
    if (opened) return opened;
    const error = new InvalidCredentialsError();
    await loginAttemptRepository.release(place, hashIsOld ? [] : [signInFailures.record(failed, error)]);
    // Most likely another sign-in of the user replaced the hash first: that one is compared instead.
    if (hashIsOld) return this.login(command, origin);
    throw error;
  }

  /** Opens a session, unless the account's password hash has changed since it was compared. */
  private async open(
    checked: VerifiedPassword,
    password: string,
    origin: RequestOrigin,
  ): Promise<{ opened: OpenedSession | undefined; hashIsOld: boolean }> {
    const { authentication, clock, eventRecorder, hasher, loginAttemptRepository } = this.deps;
    const hashIsOld = hasher.needsRehash(checked.account.passwordHash);
    try {
      const rehash = hashIsOld ? await hasher.hash(normalizePassword(password)) : undefined;
      const unlocked = [eventRecorder.record(AccountUnlocked, { userId: checked.account.userId })];
      const proof = passwordProof(checked, { provenAt: clock.now(), rehash, unlocked });
      return { opened: await authentication.signIn(proof, origin, checked.knownDeviceId), hashIsOld };
    } catch (error) {
      // The password was right, so whatever failed afterwards, this was not a guess.
      await loginAttemptRepository.release(checked.place, []);
      throw error;
    }
  }
}
