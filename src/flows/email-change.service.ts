import type { AuthConfig } from '../config/config.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder } from '../events/recorded-event.js';
import { UNKNOWN_CLIENT, type Client } from '../kernel/client.js';
import { addSeconds, type Clock } from '../kernel/clock.js';
import {
  EmailAlreadyExistsError,
  InvalidCredentialsError,
  InvalidInputError,
  InvalidTokenError,
} from '../kernel/errors.js';
import { EmailChanged, EmailChangeRequested } from '../kernel/events.js';
import { uuidV7, type Random } from '../kernel/random.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { SessionOwner } from '../sessions/session.js';
import type { SessionService } from '../sessions/session.service.js';
import { hashOneTimeToken, isOneTimeToken, type OneTimeTokens } from '../tokens/one-time-token.js';
import type { OneTimeTokenOwner, OneTimeTokenRepository } from '../tokens/one-time-token.repository.js';
import { normalizeEmailAddress } from '../users/email-address.js';
import type { UserRepository } from '../users/user.repository.js';
import type { User } from '../users/user.js';
import type { ViewerPasswordService } from './viewer-password.service.js';

export interface EmailChangeDependencies {
  readonly viewerPasswords: ViewerPasswordService;
  readonly users: UserRepository;
  readonly oneTimeTokens: OneTimeTokenRepository;
  readonly tokens: OneTimeTokens;
  readonly sessions: SessionService;
  readonly outbox: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly events: EventRecorder;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** Moves an account to another address. */
export class EmailChangeService {
  constructor(private readonly deps: EmailChangeDependencies) {}

  /**
   * Mails a token to the new address and a notice to the old one; nothing changes until the token is confirmed. Answers
   * the same for an address that is taken: its owner would have to confirm.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidCredentialsError the current password is wrong
   * @throws TooManyRequestsError too many guesses, or too many passwords wait to be compared
   */
  async request(
    viewer: SessionOwner,
    { newEmail, currentPassword }: { newEmail: string; currentPassword: string },
    client: Client = UNKNOWN_CLIENT,
  ): Promise<string> {
    const { clock, config, events, oneTimeTokens, outbox, random, tokens, unitOfWork, users } = this.deps;
    const email = normalizeEmailAddress(newEmail);
    if (email === undefined) throw new InvalidInputError('newEmail', 'Is not an email address.');
    const { account } = await this.deps.viewerPasswords.check(viewer, currentPassword, client);
    const now = clock.now();
    const id = uuidV7(now, random);
    const tokenReference = tokens.referenceOf(id);
    await unitOfWork.transaction(async () => {
      if (!(await users.lockWithPassword(account.userId, account.passwordHash))) throw new InvalidCredentialsError();
      await oneTimeTokens.insert({
        id,
        userId: account.userId,
        purpose: 'CHANGE_EMAIL',
        email,
        tokenHash: tokens.hashOf('CHANGE_EMAIL', tokenReference),
        createdAt: now,
        expiresAt: addSeconds(now, config.registration.verificationTokenTtlSeconds),
      });
      const fields = { userId: account.userId, email: account.email, newEmail: email, tokenReference };
      await outbox.insert([events.record(EmailChangeRequested, fields)]);
    });
    return email;
  }

  /**
   * Moves the account to the address that the token was mailed to. Of the sessions only `current` goes on.
   * @throws InvalidTokenError the token is unknown, spent or expired
   * @throws EmailAlreadyExistsError another account has the address by now
   */
  async confirm(token: string, current: SessionOwner | undefined): Promise<User> {
    const { unitOfWork } = this.deps;
    if (!isOneTimeToken(token)) throw new InvalidTokenError();
    const tokenHash = hashOneTimeToken(token);
    return unitOfWork.transaction(async () => {
      const owner = await this.deps.oneTimeTokens.consume('CHANGE_EMAIL', tokenHash, this.deps.clock.now());
      if (!owner) throw new InvalidTokenError();
      return this.apply(owner, current);
    });
  }

  private async apply({ userId, email: to }: OneTimeTokenOwner, current: SessionOwner | undefined): Promise<User> {
    const { clock, events, oneTimeTokens, outbox, sessions, users } = this.deps;
    const now = clock.now();
    const from = (await users.findSecret(userId))?.email;
    if (from === undefined) throw new InvalidTokenError();
    const user = await users.changeEmail(userId, { from, to }, now);
    if (user === 'taken') throw new EmailAlreadyExistsError();
    if (!user) throw new InvalidTokenError();
    const kept = current?.userId === userId ? current.sessionId : undefined;
    const revoked = await sessions.revokeWithin({ userId, sessionId: kept }, 'EMAIL_CHANGED');
    await oneTimeTokens.spendAll(userId, now);
    await outbox.insert([events.record(EmailChanged, { userId, email: to, previousEmail: from }), ...revoked]);
    return user;
  }
}
