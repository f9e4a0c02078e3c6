import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { DeviceRepository } from '../../core/devices/device.repository.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import { InvalidTokenError } from '../../core/errors/errors.js';
import { AccountUnlocked } from '../../core/attempts/attempt.events.js';
import { EmailVerified } from '../../core/users/user.events.js';
import { PasswordReset, PasswordResetLinkRequested } from './password.events.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { NewPasswordService } from '../../core/credentials/new-password.service.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import {
  hashOneTimeToken,
  isOneTimeToken,
  CONSUMED_BY_NEW_PASSWORD,
} from '../../core/one-time-tokens/one-time-token.js';
import type { OneTimeTokenRepository } from '../../core/one-time-tokens/one-time-token.repository.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { RegistrationClaimRepository } from '../../core/users/registration-claim.repository.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';

export interface PasswordResetDependencies {
  readonly userRepository: UserRepository;
  readonly registrationClaimRepository: RegistrationClaimRepository;
  readonly emailLimits: EmailLimitService;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly deviceRepository: DeviceRepository;
  readonly newPasswords: NewPasswordService;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
  readonly requestLimit: RateLimit;
  readonly resetLimit: RateLimit;
}

/** Resets a forgotten password by email. */
export class PasswordResetService {
  constructor(private readonly deps: PasswordResetDependencies) {}

  /**
   * Requests a link. Whether an email is sent is decided later, so that neither the result nor its timing reveals whether
   * there is an account.
   * @returns the normalised address
   * @throws InvalidInputError the text is not an email address
   * @throws TooManyRequestsError too many requests for the address, or too many emails for one client address
   */
  async requestMail(text: string, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<string> {
    const { emailLimits, eventRecorder } = this.deps;
    const email = requireEmailAddress('email', text);
    await this.deps.requestLimit.take({ account: email, origin });
    await emailLimits.request('reset-password', email, origin, [
      eventRecorder.record(PasswordResetLinkRequested, { email }),
    ]);
    return email;
  }

  /**
   * Sets the password, ends every session and a lockout, and consumes all open tokens that reset the password or change the
   * address. If the address was never verified, all earlier credentials and tokens of the account are deleted too.
   * @throws InvalidTokenError the token is unknown, consumed or expired, or the user has a different address now
   * @throws WeakPasswordError the password breaks a rule; the token stays valid
   * @throws TooManyRequestsError too many requests from one client address, or too many passwords are waiting to be hashed
   * @see OWASP ASVS 5.0 §6.4.3
   */
  async reset(
    { token, newPassword }: { token: string; newPassword: string },
    origin: RequestOrigin = UNKNOWN_ORIGIN,
  ): Promise<User> {
    const { clock, newPasswords, oneTimeTokenRepository, unitOfWork, userRepository } = this.deps;
    await this.deps.resetLimit.take({ origin });
    if (!isOneTimeToken(token)) throw new InvalidTokenError();
    const tokenHash = hashOneTimeToken(token);
    const owner = await oneTimeTokenRepository.find('RESET_PASSWORD', tokenHash, clock.now());
    const secret = owner && (await userRepository.findSecret(owner.userId));
    if (secret?.email !== owner?.email || !secret) throw new InvalidTokenError();
    const passwordHash = await newPasswords.hashReplacement(newPassword, secret);
    return unitOfWork.transaction(() => this.apply(tokenHash, passwordHash));
  }

  private async apply(tokenHash: Buffer, passwordHash: string): Promise<User> {
    const {
      loginAttemptRepository,
      clock,
      deviceRepository,
      emailLimits,
      eventRecorder,
      oneTimeTokenRepository,
      outboxRepository,
      registrationClaimRepository,
      sessionRevocation,
      userRepository,
    } = this.deps;
    const now = clock.now();
    const owner = await oneTimeTokenRepository.consume('RESET_PASSWORD', tokenHash, now);
    // Only an account whose address was never verified has any.
    if (owner) await registrationClaimRepository.takeAll(owner.userId);
    const user = owner && (await userRepository.resetPassword(owner.userId, passwordHash, now));
    if (user?.email !== owner?.email || !user) throw new InvalidTokenError();
    const userId = user.id;
    const revoked = await sessionRevocation.revokeWithin({ userId, sessionId: undefined }, 'PASSWORD_RESET');
    const isFirstProof = user.emailVerifiedAt?.getTime() === now.getTime();
    await oneTimeTokenRepository.consumeAll(userId, now, isFirstProof ? undefined : CONSUMED_BY_NEW_PASSWORD);
    const wasLocked = await loginAttemptRepository.unlock(user.email, now);
    await deviceRepository.forgetAll(userId);
    await emailLimits.allowNext('reset-password', user.email);
    await outboxRepository.insert([
      eventRecorder.record(PasswordReset, { userId }),
      ...(isFirstProof ? [eventRecorder.record(EmailVerified, { userId, email: user.email })] : []),
      ...(wasLocked ? [eventRecorder.record(AccountUnlocked, { userId })] : []),
      ...revoked,
    ]);
    return user;
  }
}
