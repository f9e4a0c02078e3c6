import { SessionNotFoundError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { accountToChange, requireChange } from '../../core/management/change-outcome.js';
import { changeLocked, type AccountLocks } from '../../core/management/locked-change.js';
import type { Operator } from '../../core/management/operator.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { Session } from '../../core/sessions/session.js';
import type { SessionRepository } from '../../core/sessions/session.repository.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';
import { findNamedUser } from '../../core/users/named-user.js';
import type { Clock } from '../../platform/clock.js';
import { isUuid } from '../../platform/random.js';
import { NO_SESSION } from './no-session.js';
import type { OperatorSessionRepository } from './operator-session.repository.js';

/** Small transactions, so that users who sign out in the meantime do not wait. */
const BATCH = 500;
const REASON = 'REVOKED_BY_OPERATOR';

export interface OperatorSessionDependencies extends AccountLocks {
  readonly operatorSessionRepository: OperatorSessionRepository;
  readonly sessionRepository: SessionRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/**
 * Ends sessions of any user, for operators.
 * @see OWASP ASVS 5.0 §7.4.5
 */
export class OperatorSessionService {
  constructor(private readonly deps: OperatorSessionDependencies) {}

  /**
   * Ends every session of the user with an address or id or one of them, and returns how many.
   * @throws InvalidInputError there is no such account
   * @throws SessionNotFoundError the session is unknown, has ended, or belongs to another user
   */
  async revokeOf(name: string, { sessionId }: { readonly sessionId?: string | undefined } = {}): Promise<number> {
    const { id } = await findNamedUser(this.deps.userRepository, name);
    return this.revokeOfUser(id, { sessionId });
  }

  /**
   * Lists the live sessions of the user with an address or id, most recently used first.
   * @throws InvalidInputError there is no such account
   */
  async listOf(name: string): Promise<Session[]> {
    const { clock, sessionRepository, userRepository } = this.deps;
    const { id } = await findNamedUser(userRepository, name);
    return sessionRepository.listLive(id, clock.now());
  }

  /**
   * Ends every session of a user or one of them, even if the account is closed, and returns how many.
   * @throws AccountNotFoundError, AccountProtectedError, UnauthenticatedError as for every change by an operator
   * @throws InvalidInputError the user does not exist, and there is no operator
   * @throws SessionNotFoundError the session is unknown, has ended, or belongs to another user
   */
  async revokeOfUser(
    userId: string,
    { operator, sessionId }: { readonly operator?: Operator; readonly sessionId?: string | undefined } = {},
  ): Promise<number> {
    const { clock, eventRecorder, operatorSessionRepository } = this.deps;
    const account = accountToChange(userId, operator);
    const only = sessionId === undefined || isUuid(sessionId) ? sessionId : NO_SESSION;
    // The statement adds the id of each session.
    const ended = eventRecorder.record(SessionRevoked, { userId: account.userId, sessionId: '', reason: REASON });
    const { count, ...outcome } = await changeLocked(this.deps, account, () =>
      operatorSessionRepository.revokeOfAccount(account, only, clock.now(), ended),
    );
    requireChange(outcome, operator);
    if (sessionId !== undefined && count === 0) throw new SessionNotFoundError();
    return count;
  }

  /** Ends one session. Returns whether it was live. */
  async revoke(sessionId: string): Promise<boolean> {
    const { clock, operatorSessionRepository, outboxRepository, sessionRevocation, unitOfWork } = this.deps;
    if (!isUuid(sessionId)) return false;
    return unitOfWork.transaction(async () => {
      const revoked = await operatorSessionRepository.revoke(sessionId, clock.now());
      if (revoked)
        await outboxRepository.insert(sessionRevocation.eventsOf(revoked.userId, [revoked.sessionId], REASON));
      return revoked !== undefined;
    });
  }

  /** Ends every session of every user, and returns how many. If it fails, the sessions of earlier batches have ended. */
  async revokeAll(): Promise<number> {
    let count = 0;
    let last: string | undefined = NO_SESSION;
    while (last !== undefined) {
      const revoked: readonly string[] = await this.revokeBatch(last);
      count += revoked.length;
      last = revoked.length < BATCH ? undefined : revoked.at(-1);
    }
    return count;
  }

  private async revokeBatch(after: string): Promise<string[]> {
    const { clock, operatorSessionRepository, outboxRepository, sessionRevocation, unitOfWork } = this.deps;
    return unitOfWork.transaction(async () => {
      const revoked = await operatorSessionRepository.revokeAfter(after, BATCH, clock.now());
      const events = revoked.flatMap(({ userId, sessionId }) =>
        sessionRevocation.eventsOf(userId, [sessionId], REASON),
      );
      if (events.length > 0) await outboxRepository.insert(events);
      return revoked.map(({ sessionId }) => sessionId);
    });
  }
}
