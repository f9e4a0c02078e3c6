import { sanitizeOrigin, type RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { RefreshTokenReuseDetected, UserLoggedOut } from '../../features/sessions/session.events.js';
import type { Metrics } from '../../core/observability/metrics.js';
import type { Logger } from '../../platform/logger.js';
import { isUuid, type Random } from '../../platform/random.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { NO_SESSION } from './no-session.js';
import { graceWindow, presentToken, secondsOfGrace } from './refresh-grace.js';
import type { RotationRepository, RefusedRotation, Rotation } from './rotation.repository.js';
import type { SessionRevocationService } from '../../core/sessions/session-revocation.service.js';
import type { JwtConfig } from '../../core/access-tokens/jwt.options.js';
import type { SessionConfig } from '../../core/sessions/session.options.js';
import type { Session, SessionOwner, UserSession } from '../../core/sessions/session.js';
import type { TokenPairIssuer } from '../../core/sessions/token-pair.js';
import type { OutboxRepository } from '../../core/events/outbox.repository.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { InvalidTokenError, SessionNotFoundError, TooManyRequestsError } from '../../core/errors/errors.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import type { RefreshToken } from '../../core/sessions/refresh-token.js';
import {
  hashHandle,
  hashToken,
  newSuccessorSeed,
  parseRefreshToken,
  successorOf,
} from '../../core/sessions/refresh-token.js';
import type { SessionChoice, SessionRepository } from '../../core/sessions/session.repository.js';
import type { OpenedSession } from '../../core/authentication/authentication.service.js';

export interface SessionServiceDependencies {
  readonly sessionRepository: SessionRepository;
  readonly rotationRepository: RotationRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly outboxRepository: OutboxRepository;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly tokenPairs: TokenPairIssuer;
  readonly config: JwtConfig & SessionConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limit: RateLimit;
}

/** Refreshes, lists and revokes sessions. */
export class SessionService {
  constructor(private readonly deps: SessionServiceDependencies) {}

  /**
   * Exchanges a refresh token for a new pair. The presented token returns the current pair of the session until its grace
   * period ends, and then stops working.
   * @throws InvalidTokenError unknown, expired, or replayed (a replay revokes the session), or the address must be verified first
   * @throws TooManyRequestsError too many calls, or the session was refreshed so often that a replay cannot be detected
   * @see RFC 9700 §4.14.2
   */
  async refresh(text: string | null | undefined, from: RequestOrigin): Promise<OpenedSession> {
    // The statement is shared with other requests, which must not fail because of these values.
    const origin = sanitizeOrigin(from);
    const { limit, rotationRepository } = this.deps;
    const presented = parseRefreshToken(text);
    await limit.take({ account: presented?.handle, origin });
    if (!presented) throw new InvalidTokenError();
    const rotated = await this.rotate(presented, origin, (rotation) => rotationRepository.rotateUnlessLocked(rotation));
    if (rotated) return rotated;
    const refused = await this.findRefused(presented, origin);
    if (refused?.verdict !== 'current') return this.repeat(presented, refused);
    // Another statement is changing the row.
    const late = await this.rotate(presented, origin, (rotation) => rotationRepository.rotateAfterWaiting(rotation));
    return late ?? this.repeat(presented, await this.findRefused(presented, origin));
  }

  private async rotate(
    presented: RefreshToken,
    origin: RequestOrigin,
    store: (rotation: Rotation) => Promise<UserSession | undefined>,
  ): Promise<OpenedSession | undefined> {
    const { clock, config, random, tokenPairs } = this.deps;
    const now = clock.now();
    const successorSeed = newSuccessorSeed(random);
    const successor = successorOf(presented, successorSeed);
    const rotation = {
      handleHash: hashHandle(presented),
      presentedHash: hashToken(presented),
      successorHash: hashToken(successor),
      successorSeed,
      origin,
      times: {
        rotatedAt: now,
        expiresAt: addSeconds(now, config.jwt.refreshTokenExpirationSeconds),
        grace: graceWindow(now, config.refreshReuseGraceSeconds),
      },
    };
    const rotated = await tokenPairs.storeAndIssue(() => store(rotation), successor);
    return rotated && { ...rotated, deviceToken: null };
  }

  /** Finds out why a token was refused, and revokes the session if it is a replay. */
  private async findRefused(presented: RefreshToken, origin: RequestOrigin): Promise<RefusedRotation | undefined> {
    const { clock, config, eventRecorder, logger, rotationRepository } = this.deps;
    const now = clock.now();
    // The statement finds the owner of the session and adds the ids to the events.
    const nobody = { userId: '', sessionId: '' };
    const refused = await rotationRepository.findRefusedOrRevoke(
      { handleHash: hashHandle(presented), presentedHash: hashToken(presented) },
      { now, grace: graceWindow(now, config.refreshReuseGraceSeconds) },
      [
        eventRecorder.record(RefreshTokenReuseDetected, nobody),
        eventRecorder.record(SessionRevoked, { ...nobody, reason: 'REFRESH_TOKEN_REPLAYED' }),
      ],
    );
    if (refused?.revoked) logger.warn(describeReplay(refused, origin), 'a replaced refresh token was presented again');
    return refused;
  }

  /** Returns the current pair for a replaced token within its grace period, and rejects the token afterwards. */
  private repeat(presented: RefreshToken, refused: RefusedRotation | undefined): OpenedSession {
    const { clock, config, metrics, tokenPairs } = this.deps;
    if (!refused || refused.verdict === 'replayed') throw new InvalidTokenError();
    const { rotations, session, user, verdict } = refused;
    const [last] = rotations;
    const present = presentToken(presented, rotations);
    if (verdict !== 'graced' || !last || !present)
      throw new TooManyRequestsError(secondsOfGrace(rotations, clock.now(), config.refreshReuseGraceSeconds));
    metrics.repeatedRefresh();
    return { user, session, tokens: tokenPairs.issue(refused, present, last.rotatedAt), deviceToken: null };
  }

  /**
   * Ends the session of the access token.
   * @throws SessionNotFoundError the session has already ended
   */
  async logout(viewer: SessionOwner): Promise<void> {
    const { clock, eventRecorder, sessionRepository } = this.deps;
    const { userId, sessionId } = viewer;
    const happened = [
      eventRecorder.record(UserLoggedOut, { userId, sessionId }),
      eventRecorder.record(SessionRevoked, { userId, sessionId, reason: 'LOGGED_OUT' }),
    ];
    if (!(await sessionRepository.revokeOwn(viewer, clock.now(), happened))) throw new SessionNotFoundError();
  }

  /**
   * Ends one of the viewer's sessions.
   * @throws SessionNotFoundError the session is unknown, has ended, or belongs to another user
   */
  async revoke(viewer: SessionOwner, sessionId: string): Promise<void> {
    const count = await this.revokeChosen(viewer, { only: isUuid(sessionId) ? sessionId : NO_SESSION });
    if (count === 0) throw new SessionNotFoundError();
  }

  /** Ends every session of the viewer except the current one, and returns how many. */
  async revokeOthers(viewer: SessionOwner): Promise<number> {
    return this.revokeChosen(viewer, 'others');
  }

  /** Ends every session of the viewer, including the current one, and returns how many. */
  async revokeAll(viewer: SessionOwner): Promise<number> {
    return this.revokeChosen(viewer, 'all');
  }

  /** Lists the live sessions of a user, most recently used first. A malformed id is that of nobody. */
  async list(userId: string): Promise<Session[]> {
    return isUuid(userId) ? this.deps.sessionRepository.listLive(userId, this.deps.clock.now()) : [];
  }

  private async revokeChosen(viewer: SessionOwner, choice: SessionChoice): Promise<number> {
    const { outboxRepository, sessionRevocation, unitOfWork } = this.deps;
    return unitOfWork.transaction(async () => {
      const revoked = await sessionRevocation.revokeChosenWithin(viewer, choice, 'REVOKED');
      await outboxRepository.insert(revoked);
      return revoked.length;
    });
  }
}

function describeReplay({ session }: RefusedRotation, { ipAddress, userAgent }: RequestOrigin): object {
  const { userId, id: sessionId } = session;
  return { event: RefreshTokenReuseDetected.name, userId, sessionId, ipAddress, userAgent };
}
