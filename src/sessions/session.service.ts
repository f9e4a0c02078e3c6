import type { AuthConfig } from '../config/config.js';
import type { Client } from '../kernel/client.js';
import { addSeconds, type Clock } from '../kernel/clock.js';
import { InvalidTokenError, SessionNotFoundError, UnauthenticatedError } from '../kernel/errors.js';
import { isUuid, uuidV7, type Random } from '../kernel/random.js';
import type { Credentials } from '../users/user.repository.js';
import type { User } from '../users/user.js';
import {
  hashHandle,
  hashToken,
  newRefreshToken,
  parseRefreshToken,
  sealSuccessor,
  successorOf,
  unsealSuccessor,
  type RefreshToken,
} from './refresh-token.js';
import type { NewSession, SessionRepository, UserSession } from './session.repository.js';
import type { Session, SessionOwner } from './session.js';
import type { TokenPair, TokenPairIssuer } from './token-pair.js';

/** RFC 9562 §5.9: the nil UUID, which no session has. */
const NO_SESSION = '00000000-0000-0000-0000-000000000000';

/** An open session, its owner, and the tokens that prove it. */
export interface OpenedSession extends UserSession {
  readonly tokens: TokenPair;
}

export interface SessionServiceDependencies {
  readonly sessions: SessionRepository;
  readonly tokenPairs: TokenPairIssuer;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens, refreshes, lists and revokes sessions. */
export class SessionService {
  constructor(private readonly deps: SessionServiceDependencies) {}

  /** Opens the first session of a user who has just been stored. */
  async openForNewUser(user: User, client: Client): Promise<OpenedSession> {
    const token = newRefreshToken(this.deps.random);
    const session = await this.deps.sessions.insert(user.id, this.newSession(token, client));
    return this.opened({ user, session }, token, session.createdAt);
  }

  /** Opens a session for a verified password; answers undefined when the password or the account changed meanwhile. */
  async openForCredentials(credentials: Credentials, client: Client): Promise<OpenedSession | undefined> {
    const token = newRefreshToken(this.deps.random);
    const stored = await this.deps.sessions.insertForCredentials(credentials, this.newSession(token, client));
    return stored && this.opened(stored, token, stored.session.createdAt);
  }

  /**
   * Exchanges a refresh token for a new pair; the presented one stops working after the grace period, during which it
   * is answered with the same pair again.
   * @throws InvalidTokenError unknown, expired, or replayed (a replay revokes the session)
   * @see RFC 9700 §4.14.2
   */
  async refresh(text: string | null | undefined, client: Client): Promise<OpenedSession> {
    const { clock, config, random, sessions } = this.deps;
    const presented = parseRefreshToken(text);
    if (!presented) throw new InvalidTokenError();
    const now = clock.now();
    const successor = successorOf(presented, random);
    const hashes = { handleHash: hashHandle(presented), presentedHash: hashToken(presented) };
    const rotated = await sessions.rotate({
      ...hashes,
      successorHash: hashToken(successor),
      sealedSuccessor: sealSuccessor(presented, successor, random),
      rotatedAt: now,
      expiresAt: addSeconds(now, config.jwt.refreshTokenExpirationSeconds),
      client,
    });
    if (rotated) return this.opened(rotated, successor, now);
    const graceStart = addSeconds(now, -config.refreshReuseGraceSeconds);
    const refused = await sessions.findRefusedOrRevoke(hashes, now, graceStart);
    if (!refused?.graced) throw new InvalidTokenError();
    return this.opened(refused, unsealSuccessor(presented, refused.graced.sealedSuccessor), refused.graced.rotatedAt);
  }

  /**
   * Ends the session of the access token.
   * @throws SessionNotFoundError it has ended already
   */
  async logout(viewer: SessionOwner): Promise<void> {
    if (!(await this.deps.sessions.revokeOwn(viewer, this.deps.clock.now()))) throw new SessionNotFoundError();
  }

  /**
   * Ends one of the viewer's sessions.
   * @throws SessionNotFoundError unknown, ended, or somebody else's
   */
  async revoke(viewer: SessionOwner, sessionId: string): Promise<void> {
    const count = await this.revokeWhere(viewer, { only: isUuid(sessionId) ? sessionId : NO_SESSION });
    if (count === 0) throw new SessionNotFoundError();
  }

  /** Ends every session of the viewer but the current one; answers how many. */
  async revokeOthers(viewer: SessionOwner): Promise<number> {
    return this.revokeWhere(viewer, 'others');
  }

  /** Ends every session of the viewer, the current one included; answers how many. */
  async revokeAll(viewer: SessionOwner): Promise<number> {
    return this.revokeWhere(viewer, 'all');
  }

  /** The live sessions of a user, newest activity first. */
  async list(userId: string): Promise<Session[]> {
    return this.deps.sessions.listLive(userId, this.deps.clock.now());
  }

  private async revokeWhere(viewer: SessionOwner, which: { only: string } | 'others' | 'all'): Promise<number> {
    const { viewerIsLive, count } = await this.deps.sessions.revoke(viewer, which, this.deps.clock.now());
    if (!viewerIsLive) throw new UnauthenticatedError('SESSION_ENDED');
    return count;
  }

  private newSession(token: RefreshToken, client: Client): NewSession {
    const { clock, config, random } = this.deps;
    const now = clock.now();
    return {
      id: uuidV7(now, random),
      handleHash: hashHandle(token),
      tokenHash: hashToken(token),
      createdAt: now,
      expiresAt: addSeconds(now, config.jwt.refreshTokenExpirationSeconds),
      absoluteExpiresAt: addSeconds(now, config.session.maxLifetimeSeconds),
      client,
    };
  }

  private opened(stored: UserSession, token: RefreshToken, issuedAt: Date): OpenedSession {
    return { ...stored, tokens: this.deps.tokenPairs.issue(stored.session, token, issuedAt) };
  }
}
