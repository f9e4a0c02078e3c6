import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import { EmailAlreadyExistsError, RegistrationDisabledError } from '../../core/errors/errors.js';
import { RegistrationRefused, UserRegistered } from './registration.events.js';
import { VerificationLinkRequested } from '../../core/users/user.events.js';
import { uuidV7, type Random } from '../../platform/random.js';
import type { RequestQuotas } from '../../core/email/email-limit.row.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { NewPasswordService } from '../../core/credentials/new-password.service.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import { normalizeLocale } from '../../core/users/locale.js';
import { normalizeName } from '../../core/users/person-name.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { AuthenticationService, OpenedSession } from '../../core/authentication/authentication.service.js';
import type { RegistrationRepository } from './registration.repository.js';
import type { AuthenticationConfig } from '../../core/authentication/authentication.options.js';
import type { RegistrationConfig } from './registration.options.js';
import { registrationProof } from './registration.proof.js';
import type { Registration } from './registration.js';

export interface RegistrationCommand {
  readonly email: string;
  readonly password: string;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly locale?: string | null | undefined;
}

export interface RegistrationDependencies {
  readonly limit: RateLimit;
  readonly newPasswords: NewPasswordService;
  readonly authentication: AuthenticationService;
  readonly registrationRepository: RegistrationRepository;
  readonly userRepository: UserRepository;
  readonly emailLimits: EmailLimitService;
  readonly eventRecorder: EventRecorder;
  readonly config: AuthenticationConfig & RegistrationConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** The result of a registration whose address must be verified before the user can sign in. */
export interface VerificationRequired {
  readonly email: string;
}

/** Creates accounts. */
export class RegistrationService {
  constructor(private readonly deps: RegistrationDependencies) {}

  /**
   * Creates an account and opens its first session. If the address must be verified first, no session is opened, and the
   * result is the same for an address that is taken.
   * @throws RegistrationDisabledError registration is disabled
   * @throws InvalidInputError a name, the locale or the address is invalid
   * @throws WeakPasswordError the password breaks a rule
   * @throws EmailAlreadyExistsError the address is taken
   * @throws TooManyRequestsError too many registrations, too many passwords that wait to be hashed, or too many emails
   */
  async register(command: RegistrationCommand, origin: RequestOrigin): Promise<OpenedSession | VerificationRequired> {
    const { config, emailLimits, limit, newPasswords } = this.deps;
    if (!config.registration.enabled) throw new RegistrationDisabledError();
    const user = this.toUser(command);
    await limit.take({ account: user.email, origin });
    const passwordHash = await newPasswords.hash(command.password, user.email);
    const quotas = emailLimits.quotasOf('verify-email', user.email, origin);
    return config.registration.requireEmailVerification
      ? this.claim(user, passwordHash, quotas)
      : this.signUp(user, passwordHash, quotas, origin);
  }

  private async signUp(
    user: User,
    passwordHash: string,
    quotas: RequestQuotas,
    origin: RequestOrigin,
  ): Promise<OpenedSession> {
    const { emailLimits, authentication, userRepository } = this.deps;
    const proof = registrationProof(this.registration(user, passwordHash, quotas, null));
    const opened = await authentication.signIn(proof, origin);
    if (opened) return opened;
    if (!quotas.origin || (await userRepository.isTaken(user.email))) throw new EmailAlreadyExistsError();
    throw await emailLimits.refusal(quotas.origin);
  }

  /**
   * One statement and one email, for every state of the address. Each registration of an unverified address gets its own
   * link; the owner of a verified address gets a notice. If the email cannot be sent yet, the registration is rejected,
   * because the only link in the mailbox would be that of another claimant, and a second statement contests the account.
   */
  private async claim(user: User, passwordHash: string, quotas: RequestQuotas): Promise<VerificationRequired> {
    const { clock, emailLimits, eventRecorder, random, registrationRepository } = this.deps;
    const { email } = user;
    const claimId = uuidV7(clock.now(), random);
    const allowed = await registrationRepository.claim({
      ...this.registration({ ...user, lastLoginAt: null }, passwordHash, quotas, claimId),
      claimId,
      refused: [eventRecorder.record(RegistrationRefused, { email })],
    });
    if (allowed.recipient) return { email };
    if (allowed.origin) await registrationRepository.contest(user);
    throw await emailLimits.refusal(allowed.origin ? quotas.recipient : (quotas.origin ?? quotas.recipient));
  }

  private registration(user: User, passwordHash: string, quotas: RequestQuotas, claimId: string | null): Registration {
    const { eventRecorder } = this.deps;
    const { id: userId, email } = user;
    return {
      ...{ user, passwordHash, quotas },
      registered: [eventRecorder.record(UserRegistered, { userId, email })],
      emailRequested: [eventRecorder.record(VerificationLinkRequested, { email, claimId })],
    };
  }

  private toUser(command: RegistrationCommand): User {
    const now = this.deps.clock.now();
    const email = requireEmailAddress('email', command.email);
    return {
      id: uuidV7(now, this.deps.random),
      email,
      firstName: normalizeName('firstName', command.firstName),
      lastName: normalizeName('lastName', command.lastName),
      displayName: normalizeName('displayName', command.displayName),
      avatarUrl: null,
      locale: normalizeLocale('locale', command.locale),
      emailVerifiedAt: null,
      active: true,
      createdAt: now,
      lastLoginAt: now,
      roles: [],
      tokensNotBefore: null,
    };
  }
}
