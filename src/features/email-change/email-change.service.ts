import type { LoginAttemptRepository } from '../../core/attempts/login-attempt.repository.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import {
  EmailAlreadyExistsError,
  EmailAlreadyVerifiedError,
  InvalidInputError,
  InvalidTokenError,
} from '../../core/errors/errors.js';
import { EmailChanged, EmailChangeRequested } from './email-change.events.js';
import { uuidV7, type Random } from '../../platform/random.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { hashOneTimeToken, type OneTimeTokens } from '../../core/one-time-tokens/one-time-token.js';
import type {
  OneTimeTokenOwner,
  OneTimeTokenRepository,
} from '../../core/one-time-tokens/one-time-token.repository.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { VerifiedPassword } from '../../core/credentials/password-verification.service.js';
import type { ReauthenticationService } from '../../core/credentials/reauthentication.service.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';
import type { OneTimeTokenConfig } from '../../core/one-time-tokens/one-time-token.options.js';

export interface EmailChangeDependencies {
  readonly reauthentication: ReauthenticationService;
  readonly userRepository: UserRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly emailLimits: EmailLimitService;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly oneTimeTokens: OneTimeTokens;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: OneTimeTokenConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly requestLimit: RateLimit;
  readonly confirmLimit: RateLimit;
}

/** Changes the email address of an account. */
export class EmailChangeService {
  constructor(private readonly deps: EmailChangeDependencies) {}

  /**
   * Emails a link to the new address and a notice to the old one; nothing changes until the link is confirmed. The result
   * is the same for an address that is taken.
   * @throws InvalidInputError the new address is not an email address, or the current one
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the current password is wrong
   * @throws TooManyRequestsError too many calls, wrong passwords or emails, or too many running comparisons
   */
  async request(
    viewer: SessionOwner,
    { newEmail, currentPassword }: { newEmail: string; currentPassword: string },
    origin: RequestOrigin = UNKNOWN_ORIGIN,
  ): Promise<string> {
    const email = requireEmailAddress('newEmail', newEmail);
    const { reauthentication, requestLimit, unitOfWork } = this.deps;
    await requestLimit.take({ account: viewer.sessionId, origin });
    return reauthentication.withPassword(viewer, currentPassword, origin, async (account) => {
      if (email === account.email) throw new InvalidInputError('newEmail', 'Must differ from the current address.');
      return unitOfWork.transaction(() => this.requestFor(account, email));
    });
  }

  private async requestFor(account: VerifiedPassword['account'], email: string): Promise<string | undefined> {
    const { clock, config, emailLimits, eventRecorder, oneTimeTokenRepository } = this.deps;
    const { random, oneTimeTokens, userRepository } = this.deps;
    const now = clock.now();
    const id = uuidV7(now, random);
    const tokenReference = oneTimeTokens.referenceOf(id);
    if (!(await userRepository.lockWithPassword(account.userId, account.passwordHash))) return undefined;
    await emailLimits.takeChange(account.userId, email);
    const token = {
      ...({ id, userId: account.userId, purpose: 'CHANGE_EMAIL', email } as const),
      tokenHash: oneTimeTokens.hashOf('CHANGE_EMAIL', tokenReference),
      createdAt: now,
      expiresAt: addSeconds(now, config.registration.verificationTokenTtlSeconds),
    };
    const fields = { userId: account.userId, email: account.email, newEmail: email, tokenReference };
    await oneTimeTokenRepository.insert(token, eventRecorder.record(EmailChangeRequested, fields));
    return email;
  }

  /**
   * Changes the address of the viewer's account to the one that the token was sent to. Access to that mailbox is not enough:
   * the viewer must be signed in to the account. Ends every session but the viewer's.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidTokenError the token is unknown, consumed or expired, or belongs to another account
   * @throws EmailAlreadyVerifiedError the token has already changed the address
   * @throws EmailAlreadyExistsError another account has the address now
   * @throws TooManyRequestsError too many calls
   */
  async confirm(token: string, viewer: SessionOwner, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<User> {
    const { clock, confirmLimit, oneTimeTokenRepository, unitOfWork } = this.deps;
    await confirmLimit.take({ account: viewer.sessionId, origin });
    const now = clock.now();
    const tokenHash = hashOneTimeToken(token);
    const user = await unitOfWork.transaction(async () => {
      const owner = await oneTimeTokenRepository.consume('CHANGE_EMAIL', tokenHash, now, viewer);
      return owner && this.apply(owner, viewer);
    });
    if (user) return user;
    const { isDone, viewerIsLive } = await oneTimeTokenRepository.findChange(tokenHash, viewer, now);
    if (!viewerIsLive) throw new UnauthenticatedError('SESSION_ENDED');
    throw isDone ? new EmailAlreadyVerifiedError() : new InvalidTokenError();
  }

  private async apply({ userId, email: to }: OneTimeTokenOwner, viewer: SessionOwner): Promise<User> {
    const { clock, eventRecorder, loginAttemptRepository, oneTimeTokenRepository } = this.deps;
    const { outboxRepository, sessionRevocation, userRepository } = this.deps;
    const now = clock.now();
    const from = (await userRepository.findSecret(userId))?.email;
    if (from === undefined) throw new InvalidTokenError();
    const user = await userRepository.changeEmail(userId, { from, to }, now);
    if (user === 'taken') throw new EmailAlreadyExistsError();
    if (!user) throw new InvalidTokenError();
    await loginAttemptRepository.noteMove(user, from, now);
    const revoked = await sessionRevocation.revokeWithin(viewer, 'EMAIL_CHANGED');
    await oneTimeTokenRepository.consumeAll(userId, now);
    await outboxRepository.insert([
      eventRecorder.record(EmailChanged, { userId, email: to, previousEmail: from, verified: true }),
      ...revoked,
    ]);
    return user;
  }
}
