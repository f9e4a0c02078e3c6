import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { DeviceRepository } from '../../core/devices/device.repository.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import { EmailAlreadyVerifiedError, InvalidTokenError } from '../../core/errors/errors.js';
import { EmailVerified, VerificationLinkRequested } from '../../core/users/user.events.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { hashOneTimeToken, isOneTimeToken } from '../../core/one-time-tokens/one-time-token.js';
import type {
  OneTimeTokenOwner,
  OneTimeTokenRepository,
} from '../../core/one-time-tokens/one-time-token.repository.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { RegistrationClaim, RegistrationClaimRepository } from '../../core/users/registration-claim.repository.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';

export interface EmailVerificationDependencies {
  readonly userRepository: UserRepository;
  readonly registrationClaimRepository: RegistrationClaimRepository;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly deviceRepository: DeviceRepository;
  readonly emailLimits: EmailLimitService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
  readonly verifyLimit: RateLimit;
  readonly requestLimit: RateLimit;
}

/** Verifies the email addresses of users. */
export class EmailVerificationService {
  constructor(private readonly deps: EmailVerificationDependencies) {}

  /**
   * Verifies the address that a token was sent to. If the address was registered several times, the account gets the
   * password and names of the registration that this link belongs to, and the others are deleted. If the link belongs to
   * none, or registrations must not claim the account, it gets a password only by an invitation or a reset. An account whose
   * only registration was used to sign in stays as it is.
   * @throws InvalidTokenError the token is unknown, consumed or expired, or the user has a different address now
   * @throws EmailAlreadyVerifiedError the token was valid, but the address is already verified
   * @throws TooManyRequestsError too many calls from one client address
   */
  async verify(token: string, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<User> {
    const { clock, oneTimeTokenRepository, unitOfWork, verifyLimit } = this.deps;
    await verifyLimit.take({ origin });
    if (!isOneTimeToken(token)) throw new InvalidTokenError();
    const now = clock.now();
    const tokenHash = hashOneTimeToken(token);
    const verified = await unitOfWork.transaction(async () => {
      const owner = await oneTimeTokenRepository.consume('VERIFY_EMAIL', tokenHash, now);
      return owner && this.apply(owner, now);
    });
    if (verified) return verified;
    throw (await oneTimeTokenRepository.isOfVerifiedUser(tokenHash))
      ? new EmailAlreadyVerifiedError()
      : new InvalidTokenError();
  }

  private async apply(owner: OneTimeTokenOwner, now: Date): Promise<User | undefined> {
    const { userId, email, claimId } = owner;
    const {
      deviceRepository,
      eventRecorder,
      oneTimeTokenRepository,
      outboxRepository,
      registrationClaimRepository,
      sessionRevocation,
      userRepository,
    } = this.deps;
    const claims = await registrationClaimRepository.takeAll(userId);
    // The token has locked the user, so operators give nothing to the account in the meantime.
    const registered = await this.registeredBy(userId, claimId, claims, now);
    const user = await userRepository.verifyEmail(userId, email, now, registered);
    if (!user) return undefined;
    const happened = [eventRecorder.record(EmailVerified, { userId, email })];
    if (registered !== undefined) {
      // Existing sessions may belong to someone who does not own this mailbox.
      happened.push(...(await sessionRevocation.revokeWithin({ userId, sessionId: undefined }, 'EMAIL_VERIFIED')));
      await deviceRepository.forgetAll(userId);
      await oneTimeTokenRepository.consumeAll(userId, now);
    }
    await outboxRepository.insert(happened);
    return user;
  }

  /** Returns the registration that counts, `null` if none does, or `undefined` if the account stays as it is. */
  private async registeredBy(
    userId: string,
    claimId: string | null,
    claims: readonly RegistrationClaim[],
    now: Date,
  ): Promise<RegistrationClaim | null | undefined> {
    const state = await this.deps.userRepository.findClaimState(userId, now);
    if (!state) return undefined;
    const followed = claims.find(({ id }) => id === claimId);
    if (state.isUnclaimed && followed) return followed;
    // Several people have registered the address, or operators have given something to somebody who only registered it.
    const isDoubtful = state.isContested || claims.length > 1 || (claims.length > 0 && !state.isClaimable);
    return isDoubtful ? null : undefined;
  }

  /**
   * Requests another link. Whether an email is sent is decided later, so that neither the result nor its timing reveals
   * whether there is an account.
   * @returns the normalised address
   * @throws InvalidInputError the text is not an email address
   * @throws TooManyRequestsError too many requests for the address, or too many emails for one client address
   */
  async requestMail(text: string, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<string> {
    const { emailLimits, eventRecorder } = this.deps;
    const email = requireEmailAddress('email', text);
    await this.deps.requestLimit.take({ account: email, origin });
    const requested = eventRecorder.record(VerificationLinkRequested, { email, claimId: null });
    await emailLimits.request('verify-email', email, origin, [requested]);
    return email;
  }
}
