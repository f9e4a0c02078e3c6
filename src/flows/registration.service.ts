import type { AuthConfig } from '../config/config.js';
import type { EventRecorder, RecordedEvent } from '../events/recorded-event.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { Client } from '../kernel/client.js';
import type { Clock } from '../kernel/clock.js';
import { EmailAlreadyExistsError, RegistrationDisabledError } from '../kernel/errors.js';
import { RegistrationRefused, UserRegistered, VerificationMailAsked } from '../kernel/events.js';
import { uuidV7, type Random } from '../kernel/random.js';
import type { NewPasswordService } from '../passwords/new-password.service.js';
import type { SignInRepository } from '../sessions/sign-in.repository.js';
import type { OpenedSession, SignInService } from '../sessions/sign-in.service.js';
import { requireEmailAddress } from '../users/email-address.js';
import { normalizeName } from '../users/person-name.js';
import type { User } from '../users/user.js';

export interface RegistrationCommand {
  readonly email: string;
  readonly password: string;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
}

export interface RegistrationDependencies {
  readonly newPasswords: NewPasswordService;
  readonly signIns: SignInService;
  readonly signInRepository: SignInRepository;
  readonly outbox: OutboxRepository;
  readonly events: EventRecorder;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** A new account that opens no session before its address has been verified. */
export interface VerificationRequired {
  readonly email: string;
}

/** Creates accounts. */
export class RegistrationService {
  constructor(private readonly deps: RegistrationDependencies) {}

  /**
   * Creates an account and opens its first session. Where the address must be verified first it opens none, and answers
   * the same for an address that is taken.
   * @throws RegistrationDisabledError registration is switched off
   * @throws InvalidInputError a name or the address cannot be stored
   * @throws WeakPasswordError the password breaks a rule
   * @throws EmailAlreadyExistsError the address is taken
   * @throws TooManyRequestsError too many passwords wait to be hashed
   */
  async register(command: RegistrationCommand, client: Client): Promise<OpenedSession | VerificationRequired> {
    const { config, newPasswords } = this.deps;
    if (!config.registration.enabled) throw new RegistrationDisabledError();
    const user = this.toUser(command);
    const passwordHash = await newPasswords.hash(command.password, user.email);
    if (config.registration.requireEmailVerification) return this.registerUnverified(user, passwordHash);
    const opened = await this.deps.signIns.register(user, passwordHash, this.registered(user), client);
    if (!opened) throw new EmailAlreadyExistsError();
    return opened;
  }

  /** Either way two statements run and a mail goes out: the new user gets a link, the owner of the address a notice. */
  private async registerUnverified(user: User, passwordHash: string): Promise<VerificationRequired> {
    const { events, outbox, signInRepository } = this.deps;
    const { email } = user;
    const stored = await signInRepository.insertUser(
      { ...user, lastLoginAt: null },
      passwordHash,
      this.registered(user),
    );
    await outbox.insert(stored ? [] : [events.record(RegistrationRefused, { email })]);
    return { email };
  }

  private registered({ id: userId, email }: User): RecordedEvent[] {
    const { events } = this.deps;
    return [events.record(UserRegistered, { userId, email }), events.record(VerificationMailAsked, { email })];
  }

  private toUser(command: RegistrationCommand): User {
    const now = this.deps.clock.now();
    const email = requireEmailAddress('email', command.email);
    return {
      id: uuidV7(now, this.deps.random),
      email,
      firstName: normalizeName('firstName', command.firstName),
      lastName: normalizeName('lastName', command.lastName),
      emailVerifiedAt: null,
      active: true,
      createdAt: now,
      lastLoginAt: now,
      roles: [],
      tokensNotBefore: null,
    };
  }
}
