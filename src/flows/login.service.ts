import type { Client } from '../kernel/client.js';
import { InvalidCredentialsError } from '../kernel/errors.js';
import type { PasswordHasher } from '../passwords/password-hasher.js';
import { normalizePassword } from '../passwords/password-policy.js';
import type { OpenedSession, SessionService } from '../sessions/session.service.js';
import { normalizeEmailAddress } from '../users/email-address.js';
import type { UserRepository } from '../users/user.repository.js';

export interface LoginInput {
  readonly email: string;
  readonly password: string;
}

/** Signs people in with their password. */
export class LoginService {
  constructor(
    private readonly users: UserRepository,
    private readonly sessions: SessionService,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Opens a session for the right password. Unknown, inactive and wrong cost the same work and answer the same.
   * @throws InvalidCredentialsError the address is unknown, the password is wrong, or the account is not active
   * @throws TooManyRequestsError too many passwords wait to be compared
   * @see OWASP ASVS 5.0 §6.3.8
   */
  async login({ email, password }: LoginInput, client: Client): Promise<OpenedSession> {
    const address = normalizeEmailAddress(email);
    const credentials = address === undefined ? undefined : await this.users.findCredentials(address);
    const matches = await this.hasher.verify(normalizePassword(password), credentials?.passwordHash);
    const opened = matches && credentials ? await this.sessions.openForCredentials(credentials, client) : undefined;
    if (!opened) throw new InvalidCredentialsError();
    return opened;
  }
}
