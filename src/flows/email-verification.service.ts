import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder } from '../events/recorded-event.js';
import type { Clock } from '../kernel/clock.js';
import { EmailAlreadyVerifiedError, InvalidTokenError } from '../kernel/errors.js';
import { EmailVerified, VerificationMailAsked } from '../kernel/events.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { hashOneTimeToken, isOneTimeToken } from '../tokens/one-time-token.js';
import type { OneTimeTokenRepository } from '../tokens/one-time-token.repository.js';
import { requireEmailAddress } from '../users/email-address.js';
import type { UserRepository } from '../users/user.repository.js';
import type { User } from '../users/user.js';

export interface EmailVerificationDependencies {
  readonly users: UserRepository;
  readonly oneTimeTokens: OneTimeTokenRepository;
  readonly outbox: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Proves that users read the addresses that they gave. */
export class EmailVerificationService {
  constructor(private readonly deps: EmailVerificationDependencies) {}

  /**
   * Verifies the address that a token was mailed to.
   * @throws InvalidTokenError the token is unknown, spent or expired, or the user has another address by now
   * @throws EmailAlreadyVerifiedError the token was good once, and the address has been verified
   */
  async verify(token: string): Promise<User> {
    const { clock, events, oneTimeTokens, outbox, unitOfWork, users } = this.deps;
    if (!isOneTimeToken(token)) throw new InvalidTokenError();
    const now = clock.now();
    const tokenHash = hashOneTimeToken(token);
    const verified = await unitOfWork.transaction(async () => {
      const owner = await oneTimeTokens.consume('VERIFY_EMAIL', tokenHash, now);
      const user = owner && (await users.verifyEmail(owner.userId, owner.email, now));
      if (user) await outbox.insert([events.record(EmailVerified, { userId: user.id, email: user.email })]);
      return user;
    });
    if (verified) return verified;
    throw (await oneTimeTokens.isOfVerifiedUser(tokenHash)) ? new EmailAlreadyVerifiedError() : new InvalidTokenError();
  }

  /**
   * Asks for another link. Whether anybody gets one is decided later, so that the answer and its time tell nothing.
   * @returns the address in its stored form
   * @throws InvalidInputError the text is not an email address
   */
  async requestMail(text: string): Promise<string> {
    const email = requireEmailAddress('email', text);
    await this.deps.outbox.insert([this.deps.events.record(VerificationMailAsked, { email })]);
    return email;
  }
}
