import type { AuthConfig } from '../../config/config.js';
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
import type { OpenedSession, SignInService } from '../../core/authentication/sign-in.service.js';
import { requireEmailAddress } from '../../core/users/email-address.js';

export interface LoginCommand {
  readonly email: string;
  readonly password: string;
  /** From an earlier sign-in on this device: strangers' guesses do not shut it out. */
  readonly deviceToken?: string | null | undefined;
}

export interface LoginDependencies {
  readonly passwords: PasswordVerificationService;
  readonly attempts: LoginAttemptRepository;
  readonly failures: SignInFailures;
  readonly signIns: SignInService;
  readonly hasher: PasswordHasher;
  readonly config: AuthConfig;
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
    const { attempts, config, failures, passwords } = this.deps;
    const address = requireEmailAddress('email', email);
    const checked = await passwords.verifyForAddress(
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
      await attempts.clear(place, [failures.record(failed, error)]);
      throw error;
    }
    const { opened, hashIsOld } = await this.open(checked, password, origin);
    if (opened) return opened;
    const error = new InvalidCredentialsError();
    await attempts.release(place, hashIsOld ? [] : [failures.record(failed, error)]);
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
    const { attempts, hasher, signIns } = this.deps;
    const hashIsOld = hasher.needsRehash(checked.account.passwordHash);
    try {
      const rehash = hashIsOld ? await hasher.hash(normalizePassword(password)) : undefined;
      return { opened: await signIns.signIn(checked, rehash, origin), hashIsOld };
    } catch (error) {
      // The password was right, so whatever failed afterwards, this was not a guess.
      await attempts.release(checked.place, []);
      throw error;
    }
  }
}
