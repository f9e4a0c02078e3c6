import type { AuthConfig } from '../../config/config.js';
import { newDeviceToken } from '../devices/device-token.js';
import type { EventRecorder } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { AccountUnlocked, UserLoggedIn } from '../events/events.js';
import { uuidV7, type Random } from '../../platform/random.js';
import type { VerifiedPassword } from '../credentials/password-verification.service.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { hashHandle, hashToken, newRefreshToken, type RefreshToken } from '../sessions/refresh-token.js';
import type { SessionOwner, UserSession } from '../sessions/session.js';
import type {
  NewSession,
  Registration,
  SignIn,
  SignInDevice,
  SignInRepository,
  StoredSession,
} from './sign-in.repository.js';
import type { TokenPair, TokenPairIssuer } from '../sessions/token-pair.js';

/** An open session, its owner, and the tokens that prove it. */
export interface OpenedSession extends UserSession {
  readonly tokens: TokenPair;
  /** For a device that was not known: what it keeps, to be known at its next sign-in. */
  readonly deviceToken: string | null;
}

export interface SignInDependencies {
  readonly signIns: SignInRepository;
  readonly sessions: { endBeyondLimit(newest: SessionOwner): Promise<void> };
  readonly tokenPairs: TokenPairIssuer;
  readonly unitOfWork: UnitOfWork;
  readonly events: EventRecorder;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
}

interface Prepared {
  readonly signIn: SignIn;
  readonly token: RefreshToken;
  readonly deviceToken: string | null;
}

/** Opens sessions, for new users and for verified passwords. */
export class SignInService {
  constructor(private readonly deps: SignInDependencies) {}

  /** Stores a new user with the first session; returns `undefined` if the address is taken or a quota is used up. */
  async register(registration: Registration, origin: RequestOrigin): Promise<OpenedSession | undefined> {
    const prepared = this.prepare(registration.user, { knownId: null, isFirst: true }, origin);
    return this.open(() => this.deps.signIns.register(registration, prepared.signIn), prepared);
  }

  /** Opens a session for a password that was right; answers undefined when it or the account changed meanwhile. */
  async signIn(
    checked: VerifiedPassword,
    rehash: string | undefined,
    origin: RequestOrigin,
  ): Promise<OpenedSession | undefined> {
    const { account, knownDeviceId, place } = checked;
    const { userId, email, passwordHash } = account;
    const prepared = this.prepare({ id: userId, email }, { knownId: knownDeviceId, isFirst: false }, origin);
    // Other attempts may have locked while this one was compared.
    const unlocked = [this.deps.events.record(AccountUnlocked, { userId })];
    const password = { userId, passwordHash, place, rehash, unlocked };
    return this.open(() => this.deps.signIns.signIn(password, prepared.signIn), prepared);
  }

  private prepare(
    user: { id: string; email: string },
    from: { knownId: string | null; isFirst: boolean },
    origin: RequestOrigin,
  ): Prepared {
    const token = newRefreshToken(this.deps.random);
    const session = this.newSession(token, origin);
    const { device, deviceToken } = this.deviceOf(from.knownId, session.createdAt);
    const loggedIn = this.deps.events.record(UserLoggedIn, {
      userId: user.id,
      email: user.email,
      sessionId: session.id,
      ipAddress: origin.ipAddress,
      deviceInfo: origin.userAgent,
      newDevice: from.knownId === null && !from.isFirst,
    });
    return { signIn: { session, device, events: [loggedIn] }, token, deviceToken };
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

  private async open(
    write: () => Promise<StoredSession | undefined>,
    { signIn, token, deviceToken }: Prepared,
  ): Promise<OpenedSession | undefined> {
    const { config, sessions, tokenPairs, unitOfWork } = this.deps;
    const opened = await tokenPairs.open(write, { token, issuedAt: signIn.session.createdAt, unitOfWork });
    if (!opened) return undefined;
    const { openSessions, session, tokens, user } = opened;
    const { maxPerUser } = config.session;
    if (maxPerUser > 0 && (openSessions === null || openSessions > maxPerUser))
      await sessions.endBeyondLimit({ userId: user.id, sessionId: session.id });
    return { user, session, tokens, deviceToken };
  }
}
