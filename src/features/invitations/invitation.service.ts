import { AccountUnlocked } from '../../core/attempts/attempt.events.js';
import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import type { AuthenticationService, OpenedSession } from '../../core/authentication/authentication.service.js';
import type { NewPasswordService } from '../../core/credentials/new-password.service.js';
import type { DeviceRepository } from '../../core/devices/device.repository.js';
import { InvalidTokenError } from '../../core/errors/errors.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { hashOneTimeToken, isOneTimeToken } from '../../core/one-time-tokens/one-time-token.js';
import type { OneTimeTokenRepository } from '../../core/one-time-tokens/one-time-token.repository.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';
import { normalizeName } from '../../core/users/person-name.js';
import type { RegistrationClaimRepository } from '../../core/users/registration-claim.repository.js';
import { EmailVerified } from '../../core/users/user.events.js';
import type { User } from '../../core/users/user.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import { InvitationAccepted, InvitationRequested } from './invitation.events.js';
import { invitationProof, type InvitationProofOptions } from './invitation.proof.js';

const PURPOSE = InvitationRequested.tokenPurpose;

export interface InvitationCommand {
  readonly token: string;
  readonly password: string;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
}

export interface InvitationDependencies {
  readonly authentication: AuthenticationService;
  readonly newPasswords: NewPasswordService;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly registrationClaimRepository: RegistrationClaimRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly deviceRepository: DeviceRepository;
  readonly userRepository: UserRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
  readonly limit: RateLimit;
}

/** Lets invited users choose a password. */
export class InvitationService {
  constructor(private readonly deps: InvitationDependencies) {}

  /**
   * Sets the first password of an invited user, verifies the address, ends a lockout, and opens a session. Everything that
   * others have left on the account, such as registrations of its address, is deleted.
   * @throws InvalidTokenError the token is unknown, consumed or expired, or the user has a password or a different address now
   * @throws WeakPasswordError the password breaks a rule; the token stays valid
   * @throws InvalidInputError a name is invalid
   * @throws TooManyRequestsError too many calls from one client address, or too many passwords are waiting to be hashed
   */
  async accept(command: InvitationCommand, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<OpenedSession> {
    const { limit, newPasswords, unitOfWork } = this.deps;
    await limit.take({ origin });
    const names = {
      firstName: normalizeName('firstName', command.firstName),
      lastName: normalizeName('lastName', command.lastName),
    };
    if (!isOneTimeToken(command.token)) throw new InvalidTokenError();
    const tokenHash = hashOneTimeToken(command.token);
    const passwordHash = await newPasswords.hash(command.password, await this.findEmail(tokenHash));
    return unitOfWork.transaction(async () => {
      const user = await this.takeOver(tokenHash);
      const opened = user && (await this.open(user, { passwordHash, ...names }, origin));
      // Also rolls back, so that the token stays valid.
      if (!opened) throw new InvalidTokenError();
      return opened;
    });
  }

  private async findEmail(tokenHash: Buffer): Promise<string> {
    const { clock, oneTimeTokenRepository, userRepository } = this.deps;
    const owner = await oneTimeTokenRepository.find(PURPOSE, tokenHash, clock.now());
    const secret = owner && (await userRepository.findSecret(owner.userId));
    if (secret?.passwordHash !== null || secret.email !== owner?.email) throw new InvalidTokenError();
    return secret.email;
  }

  /** Consumes the token, which locks the user, and deletes what came before: it may belong to someone else. */
  private async takeOver(tokenHash: Buffer): Promise<User | undefined> {
    const { clock, deviceRepository, eventRecorder, loginAttemptRepository, oneTimeTokenRepository } = this.deps;
    const { outboxRepository, registrationClaimRepository, sessionRevocation, userRepository } = this.deps;
    const now = clock.now();
    const owner = await oneTimeTokenRepository.consume(PURPOSE, tokenHash, now);
    const user = owner && (await userRepository.findActiveById(owner.userId));
    if (user?.email !== owner?.email || !user) return undefined;
    await registrationClaimRepository.takeAll(user.id);
    const wasLocked = await loginAttemptRepository.unlock(user.email, now);
    await deviceRepository.forgetAll(user.id);
    await oneTimeTokenRepository.consumeAll(user.id, now);
    const ended = await sessionRevocation.revokeWithin({ userId: user.id, sessionId: undefined }, 'EMAIL_VERIFIED');
    const unlocked = wasLocked ? [eventRecorder.record(AccountUnlocked, { userId: user.id })] : [];
    await outboxRepository.insert([...ended, ...unlocked]);
    return user;
  }

  private async open(
    user: User,
    chosen: Pick<InvitationProofOptions, 'passwordHash' | 'firstName' | 'lastName'>,
    origin: RequestOrigin,
  ): Promise<OpenedSession | undefined> {
    const { authentication, clock, eventRecorder } = this.deps;
    const fields = { userId: user.id, email: user.email };
    const events = [
      eventRecorder.record(InvitationAccepted, fields),
      ...(user.emailVerifiedAt === null ? [eventRecorder.record(EmailVerified, fields)] : []),
    ];
    return authentication.signIn(invitationProof(user, { ...chosen, provenAt: clock.now(), events }), origin);
  }
}
