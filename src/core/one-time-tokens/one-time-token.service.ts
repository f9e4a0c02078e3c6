import { addSeconds, type Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { DomainEvent, EventClass } from '../events/domain-event.js';
import type { EventOrigins } from '../events/event-origin.js';
import type { EventRecorder } from '../events/recorded-event.js';
import type { User } from '../users/user.js';
import type { UserRepository } from '../users/user.repository.js';
import {
  hashOneTimeToken,
  LostTokenKeyError,
  rowIdOf,
  type OneTimePurpose,
  type OneTimeTokens,
} from './one-time-token.js';
import type { OneTimeTokenRepository } from './one-time-token.repository.js';

/** An event that carries a token for a user to its listeners. */
interface TokenEvent extends DomainEvent {
  readonly userId: string;
  readonly email: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface OneTimeTokenRequest {
  /** The id of the event that requested the token: a repeated delivery creates no second one. */
  readonly id: string;
  readonly purpose: OneTimePurpose;
  /** The registration claim that the token confirms, if any. */
  readonly claimId: string | null;
  readonly ttlSeconds: number;
  /** The event to record once the token is created. */
  readonly created: EventClass<TokenEvent>;
}

export interface UsableToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface OneTimeTokenDependencies {
  readonly userRepository: UserRepository;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly oneTimeTokens: OneTimeTokens;
  readonly unitOfWork: UnitOfWork;
  readonly eventOrigins: EventOrigins;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/**
 * Creates the tokens of links that were requested for an address. This happens after the response is sent, so that the
 * response and its timing do not reveal whether there is an account.
 */
export class OneTimeTokenService {
  constructor(private readonly deps: OneTimeTokenDependencies) {}

  async create(user: User, { id, purpose, claimId, ttlSeconds, created }: OneTimeTokenRequest): Promise<void> {
    const { clock, eventOrigins, eventRecorder, oneTimeTokenRepository, oneTimeTokens, unitOfWork, userRepository } =
      this.deps;
    const now = clock.now();
    const { id: userId, email } = user;
    const tokenReference = oneTimeTokens.referenceOf(id);
    const token = {
      ...{ id, userId, purpose, email, claimId },
      tokenHash: oneTimeTokens.hashOf(purpose, tokenReference),
      createdAt: now,
      expiresAt: addSeconds(now, ttlSeconds),
    };
    await unitOfWork.transaction(async () => {
      // Lock before reading the tokens, so that the second of two concurrent requests sees the token of the first.
      await userRepository.lock(userId);
      const fields = { userId, email, tokenReference };
      await oneTimeTokenRepository.insert(token, eventRecorder.record(created, fields, eventOrigins.cause));
    });
  }

  /**
   * Derives the token of a stored reference again; returns `undefined` if it can no longer be used.
   * @throws LostTokenKeyError the secret of the token is no longer configured
   */
  async deriveUsable(purpose: OneTimePurpose, reference: string): Promise<UsableToken | undefined> {
    const { clock, oneTimeTokenRepository, oneTimeTokens } = this.deps;
    const stored = await oneTimeTokenRepository.findUsable(purpose, rowIdOf(reference), clock.now());
    if (!stored) return undefined;
    const token = oneTimeTokens.tokenOf(purpose, reference);
    // `jwt.secret` has no id, so a different secret shows only here.
    if (!hashOneTimeToken(token).equals(stored.tokenHash)) throw new LostTokenKeyError();
    return { token, expiresAt: stored.expiresAt };
  }
}
