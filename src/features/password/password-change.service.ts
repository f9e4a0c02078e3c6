import type { DeviceRepository } from '../../core/devices/device.repository.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import { PasswordChanged } from './password.events.js';
import type { VerifiedPassword } from '../../core/credentials/password-verification.service.js';
import type { NewPasswordService } from '../../core/credentials/new-password.service.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { CONSUMED_BY_NEW_PASSWORD } from '../../core/one-time-tokens/one-time-token.js';
import type { OneTimeTokenRepository } from '../../core/one-time-tokens/one-time-token.repository.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { ReauthenticationService } from '../../core/credentials/reauthentication.service.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';

export interface PasswordChangeDependencies {
  readonly limit: RateLimit;
  readonly reauthentication: ReauthenticationService;
  readonly userRepository: UserRepository;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly newPasswords: NewPasswordService;
  readonly deviceRepository: DeviceRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** Changes the password of a user who knows the current one. */
export class PasswordChangeService {
  constructor(private readonly deps: PasswordChangeDependencies) {}

  /**
   * Sets a new password, ends every session but the current one, and forgets the devices of the user.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the current password is wrong; it counts like a wrong password at sign-in
   * @throws WeakPasswordError the new password breaks a rule or equals the current one
   * @throws TooManyRequestsError too many calls or wrong passwords, or too many passwords are waiting to be hashed
   */
  async change(
    viewer: SessionOwner,
    passwords: { currentPassword: string; newPassword: string },
    origin: RequestOrigin = UNKNOWN_ORIGIN,
  ): Promise<User> {
    const { limit, newPasswords, unitOfWork, reauthentication } = this.deps;
    await limit.take({ account: viewer.sessionId, origin });
    return reauthentication.withPassword(viewer, passwords.currentPassword, origin, async (account) => {
      const passwordHash = await newPasswords.hashReplacement(passwords.newPassword, account);
      return unitOfWork.transaction(() => this.apply(viewer, account, passwordHash));
    });
  }

  private async apply(
    viewer: SessionOwner,
    account: VerifiedPassword['account'],
    passwordHash: string,
  ): Promise<User | undefined> {
    const {
      clock,
      deviceRepository,
      eventRecorder,
      oneTimeTokenRepository,
      outboxRepository,
      sessionRevocation,
      userRepository,
    } = this.deps;
    const user = await userRepository.changePassword(account.userId, account.passwordHash, passwordHash);
    if (!user) return undefined;
    // The session may have ended during the comparison, because the account got another address, for example.
    const revoked = await sessionRevocation.revokeChosenWithin(viewer, 'others', 'PASSWORD_CHANGED');
    await deviceRepository.forgetAll(user.id);
    await oneTimeTokenRepository.consumeAll(user.id, clock.now(), CONSUMED_BY_NEW_PASSWORD);
    await outboxRepository.insert([eventRecorder.record(PasswordChanged, { userId: user.id }), ...revoked]);
    return user;
  }
}
