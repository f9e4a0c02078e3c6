import type { AuthConfig } from '../../config/config.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder } from '../events/recorded-event.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import {
  EmailVerificationRequested,
  PasswordResetRequested,
  type PasswordResetLinkRequested,
  type VerificationLinkRequested,
} from '../events/events.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { OneTimePurpose, OneTimeTokens } from './one-time-token.js';
import type { OneTimeTokenRepository } from './one-time-token.repository.js';
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

/**
 * Decides who gets a link, once the request that asked for it has been answered: so the answer and its time are the
 * same whether or not there is an account.
 */
export class TokenMailsService {
  constructor(private readonly deps: TokenMailsDependencies) {}

  async onVerificationLinkRequested({ email, eventId, claimId }: VerificationLinkRequested): Promise<void> {
    const user = await this.deps.users.findActiveByEmail(email);
    if (user?.emailVerifiedAt !== null) return;
    const { verificationTokenTtlSeconds } = this.deps.config.registration;
    await this.issue(user, { purpose: 'VERIFY_EMAIL', id: eventId, claimId, ttlSeconds: verificationTokenTtlSeconds });
  }

  async onPasswordResetLinkRequested({ email, eventId }: PasswordResetLinkRequested): Promise<void> {
    const user = await this.deps.users.findActiveByEmail(email);
    const ttlSeconds = this.deps.config.password.resetTokenTtlSeconds;
    if (user) await this.issue(user, { purpose: 'RESET_PASSWORD', id: eventId, claimId: null, ttlSeconds });
  }

  /** The token's id is the id of the event that asked for it: a repeated delivery makes no second token. */
  private async issue(
    user: User,
    {
      purpose,
      id,
      claimId,
      ttlSeconds,
    }: { purpose: OneTimePurpose; id: string; claimId: string | null; ttlSeconds: number },
  ): Promise<void> {
    const { clock, events, oneTimeTokens, outbox, tokens, unitOfWork, users } = this.deps;
    const now = clock.now();
    const { id: userId, email } = user;
    const Requested = purpose === 'VERIFY_EMAIL' ? EmailVerificationRequested : PasswordResetRequested;
    const reference = tokens.referenceOf(id);
    await unitOfWork.transaction(async () => {
      // Before the tokens are looked at: of two who ask at once the second must see what the first has stored.
      await users.lock(userId);
      const token = {
        id,
        userId,
        purpose,
        email,
        claimId,
        tokenHash: tokens.hashOf(purpose, reference),
        createdAt: now,
      };
      const expiresAt = addSeconds(now, ttlSeconds);
      if (await oneTimeTokens.insert({ ...token, expiresAt }))
        await outbox.insert([events.record(Requested, { userId, email, tokenReference: reference })]);
    });
  }
}
