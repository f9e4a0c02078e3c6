import type { Client } from '../../platform/http/request-origin.js';
import { AccountLockedError, TooManyRequestsError } from '../errors/errors.js';
import type { LoginAttemptRepository } from '../attempts/login-attempt.repository.js';
import type { CheckedPassword, PasswordCheckService } from './password-check.service.js';
import type { SessionOwner } from '../sessions/session.js';

/** Asks a signed-in user for the password again, before something that a stolen session must not do. */
export class ViewerPasswordService {
  constructor(
    private readonly passwords: PasswordCheckService,
    private readonly attempts: LoginAttemptRepository,
  ) {}

  /**
   * Compares the viewer's password and clears the count of guesses when it is right.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the password is wrong
   * @throws TooManyRequestsError too many guesses: who is signed in already is not told that the account is locked
   */
  async check(viewer: SessionOwner, password: string, client: Client): Promise<CheckedPassword> {
    try {
      const checked = await this.passwords.ofViewer(viewer, password, client);
      await this.attempts.clear(checked.place);
      return checked;
    } catch (error) {
      if (error instanceof AccountLockedError) throw new TooManyRequestsError(error.retryAfterSeconds);
      throw error;
    }
  }
}
