import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder, RecordedEvent, RecordedOrigin } from '../events/recorded-event.js';
import type { UserRepository } from '../users/user.repository.js';
import { SessionRevoked } from './session.events.js';
import type { RevocationReason, SessionOwner } from './session.js';
import type { SessionConfig } from './session.options.js';
import type { SessionChoice, SessionRepository } from './session.repository.js';

export interface SessionRevocationDependencies {
  readonly sessionRepository: SessionRepository;
  readonly userRepository: UserRepository;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: SessionConfig;
  readonly clock: Clock;
}

/** Ends sessions after a change to the account. */
export class SessionRevocationService {
  constructor(private readonly deps: SessionRevocationDependencies) {}

  /**
   * Ends every live session of a user, except the given one, in the current transaction.
   * @returns the events for the caller to store
   */
  async revokeWithin(
    owner: { userId: string; sessionId: string | undefined },
    reason: RevocationReason,
  ): Promise<RecordedEvent[]> {
    const ids = await this.deps.sessionRepository.revokeAllBut(owner, reason, this.deps.clock.now());
    return this.eventsOf(owner.userId, ids, reason);
  }

  /**
   * Ends the selected sessions of the viewer, in the current transaction.
   * @returns the events for the caller to store, one for each session
   * @throws UnauthenticatedError the viewer's own session has ended
   */
  async revokeChosenWithin(
    viewer: SessionOwner,
    choice: SessionChoice,
    reason: RevocationReason,
  ): Promise<RecordedEvent[]> {
    const { clock, sessionRepository } = this.deps;
    const { viewerIsLive, revokedIds } = await sessionRepository.revokeChosen(viewer, choice, reason, clock.now());
    if (!viewerIsLive) throw new UnauthenticatedError('SESSION_ENDED');
    return this.eventsOf(viewer.userId, revokedIds, reason);
  }

  /**
   * Ends the least recently used sessions of a user who has more than `session.maxPerUser`. Locking is a separate statement,
   * so that the next one sees all sessions that were counted before.
   */
  async revokeBeyondLimit(newest: SessionOwner): Promise<void> {
    const { clock, config, outboxRepository, sessionRepository, unitOfWork, userRepository } = this.deps;
    await unitOfWork.transaction(async () => {
      await userRepository.lock(newest.userId);
      const limit = config.session.maxPerUser;
      const by = { actor: { kind: 'USER', id: newest.userId } } as const;
      const ids = await sessionRepository.revokeBeyond(limit, newest, 'LIMIT_REACHED', clock.now());
      if (ids.length > 0) await outboxRepository.insert(this.eventsOf(newest.userId, ids, 'LIMIT_REACHED', by));
    });
  }

  /**
   * Returns the events of ended sessions.
   * @param by who has ended them, if not the caller of the running request
   */
  eventsOf(
    userId: string,
    sessionIds: readonly string[],
    reason: RevocationReason,
    by?: Partial<RecordedOrigin>,
  ): RecordedEvent[] {
    const { eventRecorder } = this.deps;
    return sessionIds.map((sessionId) => eventRecorder.record(SessionRevoked, { userId, sessionId, reason }, by));
  }
}
