import { addSeconds, type Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { codesOf, nameOf } from '../../platform/error-codes.js';
import { sanitizeOrigin, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Logger } from '../../platform/logger.js';
import { uuidV7, type Random } from '../../platform/random.js';
import type { JwtConfig } from '../access-tokens/jwt.options.js';
import { newDeviceToken } from '../devices/device-token.js';
import type { EventRecorder } from '../events/recorded-event.js';
import { hashHandle, hashToken, newRefreshToken, type RefreshToken } from '../sessions/refresh-token.js';
import type { SessionRevocationService } from '../sessions/session-revocation.service.js';
import type { SessionOwner, UserSession } from '../sessions/session.js';
import type { SessionConfig } from '../sessions/session.options.js';
import type { TokenPair, TokenPairIssuer } from '../sessions/token-pair.js';
import { UserLoggedIn } from './authentication.events.js';
import type { AuthenticationRepository, NewSession, SignInDevice } from './authentication.repository.js';
import type { Proof } from './proof.js';

/** An open session with its owner and tokens. */
export interface OpenedSession extends UserSession {
  readonly tokens: TokenPair;
  /** The token that a new device keeps, so that it is recognised at the next sign-in; null for a known device. */
  readonly deviceToken: string | null;
}

export interface AuthenticationDependencies {
  readonly authenticationRepository: AuthenticationRepository;
  readonly sessionRevocation: SessionRevocationService;
  readonly tokenPairs: TokenPairIssuer;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: JwtConfig & SessionConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Turns proofs into sessions. Every way to sign in goes through here. */
export class AuthenticationService {
  constructor(private readonly deps: AuthenticationDependencies) {}

  /**
   * Opens a session; returns `undefined` if the proof no longer holds.
   * @param knownDeviceId the device, if this user has signed in from it before
   */
  async signIn(
    proof: Proof,
    from: RequestOrigin,
    knownDeviceId: string | null = null,
  ): Promise<OpenedSession | undefined> {
    const { authenticationRepository, config, random, tokenPairs } = this.deps;
    const { account } = proof;
    const origin = sanitizeOrigin(from);
    const token = newRefreshToken(random);
    const session = this.newSession(token, origin);
    const { device, deviceToken } = this.deviceOf(knownDeviceId, session.createdAt);
    const loggedIn = this.deps.eventRecorder.record(
      UserLoggedIn,
      {
        userId: proof.user.id,
        email: proof.user.email,
        sessionId: session.id,
        methods: proof.methods,
        ipAddress: origin.ipAddress,
        deviceInfo: origin.userAgent,
        newDevice: knownDeviceId === null && account.kind === 'existing' && !account.isFirstSignIn,
      },
      {
        actor: { kind: 'USER', id: proof.user.id },
        ...{ sessionId: session.id, ipAddress: origin.ipAddress, userAgent: origin.userAgent },
      },
    );
    const opened = await tokenPairs.storeAndIssue(
      () => authenticationRepository.open(proof, { session, device, events: [loggedIn] }),
      token,
    );
    if (!opened) return undefined;
    const { openSessions, ...rest } = opened;
    const { maxPerUser } = config.session;
    if (maxPerUser > 0 && (openSessions === null || openSessions > maxPerUser))
      await this.enforceLimit({ userId: opened.user.id, sessionId: session.id });
    return { ...rest, deviceToken };
  }

  /**
   * The session is open already, unless a transaction of the caller can still roll it back. So an error must not withhold
   * its tokens; the next sign-in enforces the limit.
   */
  private async enforceLimit(newest: SessionOwner): Promise<void> {
    const { logger, sessionRevocation, unitOfWork } = this.deps;
    try {
      await sessionRevocation.revokeBeyondLimit(newest);
    } catch (error) {
      if (unitOfWork.isInTransaction) throw error;
      logger.error({ error: nameOf(error), ...codesOf(error) }, 'the session limit could not be enforced');
    }
  }

  private deviceOf(knownId: string | null, now: Date): { device: SignInDevice; deviceToken: string | null } {
    if (knownId !== null) return { device: { knownId }, deviceToken: null };
    const { token, tokenHash } = newDeviceToken(this.deps.random);
    return { device: { id: uuidV7(now, this.deps.random), tokenHash }, deviceToken: token };
  }

  private newSession(token: RefreshToken, origin: RequestOrigin): NewSession {
    const { clock, config, random } = this.deps;
    const now = clock.now();
    return {
      id: uuidV7(now, random),
      handleHash: hashHandle(token),
      tokenHash: hashToken(token),
      createdAt: now,
      expiresAt: addSeconds(now, config.jwt.refreshTokenExpirationSeconds),
      absoluteExpiresAt: addSeconds(now, config.session.maxLifetimeSeconds),
      origin,
    };
  }
}
