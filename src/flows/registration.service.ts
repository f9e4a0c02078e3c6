import type { AuthConfig } from '../config/config.js';
import type { Client } from '../kernel/client.js';
import type { Clock } from '../kernel/clock.js';
import {
  EmailAlreadyExistsError,
  InvalidInputError,
  RegistrationDisabledError,
  WeakPasswordError,
} from '../kernel/errors.js';
import { uuidV7, type Random } from '../kernel/random.js';
import type { PasswordHasher } from '../passwords/password-hasher.js';
import { findViolations, normalizePassword } from '../passwords/password-policy.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { OpenedSession, SessionService } from '../sessions/session.service.js';
import { normalizeEmailAddress } from '../users/email-address.js';
import { normalizeName } from '../users/person-name.js';
import type { UserRepository } from '../users/user.repository.js';
import type { User } from '../users/user.js';

export interface RegistrationInput {
  readonly email: string;
  readonly password: string;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
}

export interface RegistrationServiceDependencies {
  readonly users: UserRepository;
  readonly sessions: SessionService;
  readonly hasher: PasswordHasher;
  readonly unitOfWork: UnitOfWork;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** Creates accounts. */
export class RegistrationService {
  constructor(private readonly deps: RegistrationServiceDependencies) {}

  /**
   * Creates an account and opens its first session.
   * @throws RegistrationDisabledError registration is switched off
   * @throws InvalidInputError a name or the address cannot be stored
   * @throws WeakPasswordError the password breaks a rule
   * @throws EmailAlreadyExistsError the address is taken
   * @throws TooManyRequestsError too many passwords wait to be hashed
   */
  async register(input: RegistrationInput, client: Client): Promise<OpenedSession> {
    const { config, hasher, sessions, unitOfWork, users } = this.deps;
    if (!config.registration.enabled) throw new RegistrationDisabledError();
    const candidate = this.toUser(input);
    const password = normalizePassword(input.password);
    const violations = findViolations(password, candidate.email, config.password);
    if (violations.length > 0) throw new WeakPasswordError(violations);
    const passwordHash = await hasher.hash(password);
    return unitOfWork.transaction(async () => {
      const user = await users.insert(candidate, passwordHash);
      if (!user) throw new EmailAlreadyExistsError();
      return sessions.openForNewUser(user, client);
    });
  }

  private toUser(input: RegistrationInput): User {
    const now = this.deps.clock.now();
    const email = normalizeEmailAddress(input.email);
    if (email === undefined) throw new InvalidInputError('email', 'Is not an email address.');
    return {
      id: uuidV7(now, this.deps.random),
      email,
      firstName: normalizeName('firstName', input.firstName),
      lastName: normalizeName('lastName', input.lastName),
      emailVerifiedAt: null,
      active: true,
      createdAt: now,
      lastLoginAt: now,
    };
  }
}
