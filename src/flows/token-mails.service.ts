import type { AuthConfig } from '../config/config.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder } from '../events/recorded-event.js';
import { addSeconds, type Clock } from '../kernel/clock.js';
import {
  EmailVerificationRequested,
  PasswordResetRequested,
  type PasswordResetAsked,
  type VerificationMailAsked,
} from '../kernel/events.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { OneTimePurpose, OneTimeTokens } from '../tokens/one-time-token.js';
import type { OneTimeTokenRepository } from '../tokens/one-time-token.repository.js';
import type { UserRepository } from '../users/user.repository.js';
import type { User } from '../users/user.js';

export interface TokenMailsDependencies {
  readonly users: UserRepository;
  readonly oneTimeTokens: OneTimeTokenRepository;
  readonly tokens: OneTimeTokens;
  readonly outbox: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly events: EventRecorder;
  readonly config: AuthConfig;
  readonly clock: Clock;
}

/** A mailbox gets one link of a kind in this time, however many are asked for. */
const MAIL_INTERVAL_SECONDS = 60;

/**
 * Decides who gets a link, once the request that asked for it has been answered: so the answer and its time are the
 * same whether or not there is an account.
 */
export class TokenMailsService {
  constructor(private readonly deps: TokenMailsDependencies) {}

  async onVerificationMailAsked({ email, eventId }: VerificationMailAsked): Promise<void> {
    const user = await this.deps.users.findActiveByEmail(email);
    if (user?.emailVerifiedAt !== null) return;
    const { verificationTokenTtlSeconds } = this.deps.config.registration;
    await this.issue(user, 'VERIFY_EMAIL', eventId, verificationTokenTtlSeconds);
  }

  async onPasswordResetAsked({ email, eventId }: PasswordResetAsked): Promise<void> {
    const user = await this.deps.users.findActiveByEmail(email);
    if (user) await this.issue(user, 'RESET_PASSWORD', eventId, this.deps.config.password.resetTokenTtlSeconds);
  }

  /**
   * The token's id is the id of the event that asked for it: a repeated delivery makes no second token. Whoever asks again
   * and again, and need not be the owner, neither fills a mailbox nor spends the link that has just been sent.
   */
  private async issue(user: User, purpose: OneTimePurpose, id: string, ttlSeconds: number): Promise<void> {
    const { clock, events, oneTimeTokens, outbox, tokens, unitOfWork, users } = this.deps;
    const now = clock.now();
    const { id: userId, email } = user;
    const Requested = purpose === 'VERIFY_EMAIL' ? EmailVerificationRequested : PasswordResetRequested;
    const reference = tokens.referenceOf(id);
    await unitOfWork.transaction(async () => {
      // Before the tokens are looked at: of two who ask at once the second must see what the first has stored.
      await users.lock(userId);
      const token = { id, userId, purpose, email, tokenHash: tokens.hashOf(purpose, reference), createdAt: now };
      const expiresAt = addSeconds(now, ttlSeconds);
      if (await oneTimeTokens.insert({ ...token, expiresAt }, addSeconds(now, -MAIL_INTERVAL_SECONDS)))
        await outbox.insert([events.record(Requested, { userId, email, tokenReference: reference })]);
    });
  }
}
