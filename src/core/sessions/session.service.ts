import type { AuthConfig } from '../../config/config.js';
import type { OutboxRepository } from '../events/outbox.repository.js';
import type { EventRecorder, RecordedEvent } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import { InvalidTokenError, SessionNotFoundError, TooManyRequestsError } from '../errors/errors.js';
import { RefreshTokenReuseDetected, SessionRevoked, UserLoggedOut } from '../events/events.js';
import type { Logger } from '../../platform/logger.js';
import { isUuid, type Random } from '../../platform/random.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { UserRepository } from '../users/user.repository.js';
import {
  hashHandle,
  hashToken,
  parseRefreshToken,
  sealSuccessor,
  successorOf,
  type RefreshToken,
} from './refresh-token.js';
import { graceWindow, presentToken, secondsOfGrace } from './refresh-grace.js';
import type { RefusedRotation, Rotation, SessionChoice, SessionRepository } from './session.repository.js';
import type { RevocationReason, Session, SessionOwner } from './session.js';
import type { OpenedSession } from '../authentication/sign-in.service.js';
import type { TokenPairIssuer } from './token-pair.js';

/** RFC 9562 §5.9: the nil UUID, which no session has. */
const NO_SESSION = '00000000-0000-0000-0000-000000000000';

export interface SessionServiceDependencies {
  readonly sessions: SessionRepository;
  readonly users: UserRepository;
  readonly outbox: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly events: EventRecorder;
  readonly tokenPairs: TokenPairIssuer;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Refreshes, lists and revokes sessions. */
export class SessionService {
  constructor(private readonly deps: SessionServiceDependencies) {}

  /**
   * Exchanges a refresh token for a new pair; the presented one stops working after its grace period, during which it
   * gets the current pair of the session again.
   * @throws InvalidTokenError unknown, expired, or replayed (a replay revokes the session)
   * @throws TooManyRequestsError the session was refreshed so often that it is not known whether this is a replay
   * @see RFC 9700 §4.14.2
   */
  async refresh(text: string | null | undefined, origin: RequestOrigin): Promise<OpenedSession> {
    const { clock, config, random, sessions, tokenPairs, unitOfWork } = this.deps;
    const presented = parseRefreshToken(text);
    if (!presented) throw new InvalidTokenError();
    const now = clock.now();
    const successor = successorOf(presented, random);
    const rotation = {
      handleHash: hashHandle(presented),
      presentedHash: hashToken(presented),
      successorHash: hashToken(successor),
      sealedSuccessor: sealSuccessor(presented, successor, random),
      rotatedAt: now,
      expiresAt: addSeconds(now, config.jwt.refreshTokenExpirationSeconds),
      origin,
      grace: graceWindow(now, config.refreshReuseGraceSeconds),
    };
    const issue = { token: successor, issuedAt: now, unitOfWork };
    const rotated = await tokenPairs.open(() => sessions.rotate(rotation), issue);
    return rotated ? { ...rotated, deviceToken: null } : this.repeat(presented, rotation);
  }

  /** Returns the current pair for a replaced token within its grace period, and refuses it afterwards. */
  private async repeat(
    presented: RefreshToken,
    { origin, grace, rotatedAt: now, ...hashes }: Rotation,
  ): Promise<OpenedSession> {
    const { config, events, logger, sessions, tokenPairs } = this.deps;
    // The statement finds out whose session it is and adds the ids to the events.
    const nobody = { userId: '', sessionId: '' };
    const happened = [
      events.record(RefreshTokenReuseDetected, nobody),
      events.record(SessionRevoked, { ...nobody, reason: 'REFRESH_TOKEN_REPLAYED' }),
    ];
    const refused = await sessions.findRefusedOrRevoke(hashes, { now, grace }, happened);
    if (!refused || refused.verdict === 'replayed') {
      if (refused?.revoked)
        logger.warn(describeReplay(refused, origin), 'a replaced refresh token was presented again');
      throw new InvalidTokenError();
    }
    const { rotations, session, user, verdict } = refused;
    const [last] = rotations;
    const present = presentToken(presented, rotations);
    if (verdict === 'uncertain' || !last || !present)
      throw new TooManyRequestsError(secondsOfGrace(rotations, now, config.refreshReuseGraceSeconds));
    return { user, session, tokens: tokenPairs.issue(refused, present, last.rotatedAt), deviceToken: null };
  }

  /**
   * Ends the session of the access token.
   * @throws SessionNotFoundError it has ended already
   */
  async logout(viewer: SessionOwner): Promise<void> {
    const { clock, events, sessions } = this.deps;
    const { userId, sessionId } = viewer;
    const happened = [
      events.record(UserLoggedOut, { userId, sessionId }),
      events.record(SessionRevoked, { userId, sessionId, reason: 'LOGGED_OUT' }),
    ];
    if (!(await sessions.revokeOwn(viewer, clock.now(), happened))) throw new SessionNotFoundError();
  }

  /**
   * Ends one of the viewer's sessions.
   * @throws SessionNotFoundError unknown, ended, or somebody else's
   */
  async revoke(viewer: SessionOwner, sessionId: string): Promise<void> {
    const count = await this.revokeChosen(viewer, { only: isUuid(sessionId) ? sessionId : NO_SESSION });
    if (count === 0) throw new SessionNotFoundError();
  }

  /** Ends every session of the viewer but the current one; answers how many. */
  async revokeOthers(viewer: SessionOwner): Promise<number> {
    return this.revokeChosen(viewer, 'others');
  }

  /** Ends every session of the viewer, the current one included; answers how many. */
  async revokeAll(viewer: SessionOwner): Promise<number> {
    return this.revokeChosen(viewer, 'all');
  }

  /** The live sessions of a user, newest activity first. */
  async list(userId: string): Promise<Session[]> {
    return this.deps.sessions.listLive(userId, this.deps.clock.now());
  }

  /**
   * Ends the least recently used sessions of a user that has more than `session.maxPerUser`. The lock is a statement of
   * its own, so that the next one sees the session of every sign-in that was counted before.
   */
  async endBeyondLimit(newest: SessionOwner): Promise<void> {
    const { clock, config, outbox, sessions, unitOfWork, users } = this.deps;
    await unitOfWork.transaction(async () => {
      await users.lock(newest.userId);
      const limit = config.session.maxPerUser;
      const ids = await sessions.revokeBeyond(limit, newest, 'LIMIT_REACHED', clock.now());
      if (ids.length > 0) await outbox.insert(this.revocations(newest.userId, ids, 'LIMIT_REACHED'));
    });
  }

  /** Ends every live session of a user but one, within the transaction that is open; answers what to tell of it. */
  async revokeWithin(
    owner: { userId: string; sessionId: string | undefined },
    reason: RevocationReason,
  ): Promise<RecordedEvent[]> {
    const ids = await this.deps.sessions.revokeAllBut(owner, reason, this.deps.clock.now());
    return this.revocations(owner.userId, ids, reason);
  }

  private async revokeChosen(viewer: SessionOwner, choice: SessionChoice): Promise<number> {
    const { clock, outbox, sessions, unitOfWork } = this.deps;
    return unitOfWork.transaction(async () => {
      const { viewerIsLive, revokedIds } = await sessions.revokeChosen(viewer, choice, clock.now());
      if (!viewerIsLive) throw new UnauthenticatedError('SESSION_ENDED');
      await outbox.insert(this.revocations(viewer.userId, revokedIds, 'REVOKED'));
      return revokedIds.length;
    });
  }

  private revocations(userId: string, ids: readonly string[], reason: RevocationReason): RecordedEvent[] {
    return ids.map((sessionId) => this.deps.events.record(SessionRevoked, { userId, sessionId, reason }));
  }
}

function describeReplay({ session }: RefusedRotation, { ipAddress, userAgent }: RequestOrigin): object {
  return { userId: session.userId, sessionId: session.id, ipAddress, userAgent };
}
