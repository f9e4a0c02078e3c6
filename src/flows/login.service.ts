import type { AuthConfig } from '../config/config.js';
import { hashDeviceToken } from '../devices/device-token.js';
import type { Client } from '../kernel/client.js';
import { EmailNotVerifiedError, InvalidCredentialsError } from '../kernel/errors.js';
import type { LoginAttemptRepository } from '../lockout/login-attempt.repository.js';
import { networkOf } from '../lockout/client-network.js';
import type { PasswordCheckService } from '../lockout/password-check.service.js';
import type { PasswordHasher } from '../passwords/password-hasher.js';
import { normalizePassword } from '../passwords/password-policy.js';
import type { OpenedSession, SignInService } from '../sessions/sign-in.service.js';
import { requireEmailAddress } from '../users/email-address.js';

export interface LoginCommand {
  readonly email: string;
  readonly password: string;
  /** From an earlier sign-in on this device: strangers' guesses do not shut it out. */
  readonly deviceToken?: string | null | undefined;
}

export interface LoginDependencies {
  readonly passwords: PasswordCheckService;
  readonly attempts: LoginAttemptRepository;
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
   * @throws TooManyRequestsError too many passwords wait to be compared
   * @see OWASP ASVS 5.0 §6.3.8
   */
  async login(command: LoginCommand, client: Client): Promise<OpenedSession> {
    const { email, password, deviceToken } = command;
    const { attempts, config, hasher, passwords, signIns } = this.deps;
    const address = requireEmailAddress('email', email);
    const checked = await passwords.ofAddress(
      {
        email: address,
        deviceTokenHash: hashDeviceToken(deviceToken),
        ipAddress: client.ipAddress && networkOf(client.ipAddress),
      },
      password,
    );
    if (config.registration.requireEmailVerification && !checked.account.emailVerified) {
      await attempts.clear(checked.attemptKey);
      throw new EmailNotVerifiedError();
    }
    const { passwordHash } = checked.account;
    const rehash = hasher.needsRehash(passwordHash) ? await hasher.hash(normalizePassword(password)) : undefined;
    const opened = await signIns.signIn(checked, rehash, client).catch(async (error: unknown) => {
      // The password was right, so whatever went wrong after it, it was no guess.
      await attempts.giveBack(checked.attemptKey);
      throw error;
    });
    if (opened) return opened;
    // Most likely another sign-in of the user replaced the hash first: that one is compared instead.
    if (rehash !== undefined) return this.login(command, client);
    throw new InvalidCredentialsError();
  }
}
