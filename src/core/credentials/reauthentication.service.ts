import type { Clock } from '../../platform/clock.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { AccountLockedError, InvalidCredentialsError, TooManyRequestsError } from '../errors/errors.js';
import type { LoginAttemptRepository } from '../attempts/login-attempt.repository.js';
import type { VerifiedPassword, PasswordVerificationService } from './password-verification.service.js';
import type { SessionOwner } from '../sessions/session.js';

/** Verifies the password of a signed-in user again, before an action that a stolen session must not perform. */
export class ReauthenticationService {
  constructor(
    private readonly passwordVerification: PasswordVerificationService,
    private readonly loginAttemptRepository: LoginAttemptRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Compares the viewer's password and does the work that requires it; a correct password resets the attempt counter.
   * @param work returns `undefined`, with nothing written, if the hash that was compared is not the current one
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the password is wrong, or was changed before the work was done
   * @throws TooManyRequestsError too many wrong passwords; a signed-in user is not told that the account is locked
   */
  async withPassword<T>(
    viewer: SessionOwner,
    password: string,
    origin: RequestOrigin,
    work: (account: VerifiedPassword['account']) => Promise<T | undefined>,
    isRepeated = false,
  ): Promise<T> {
    const { account } = await this.verify(viewer, password, origin);
    const done = await work(account);
    if (done !== undefined) return done;
    // A sign-in has probably rehashed the password, maybe in a process with a higher cost: compare with the new hash.
    if (!isRepeated) return this.withPassword(viewer, password, origin, work, true);
    throw new InvalidCredentialsError();
  }

  private async verify(viewer: SessionOwner, password: string, origin: RequestOrigin): Promise<VerifiedPassword> {
    try {
      const checked = await this.passwordVerification.verifyForViewer(viewer, password, origin);
      await this.loginAttemptRepository.clear(checked.place, this.clock.now());
      return checked;
    } catch (error) {
      if (error instanceof AccountLockedError) throw new TooManyRequestsError(error.retryAfterSeconds);
      throw error;
    }
  }
}
