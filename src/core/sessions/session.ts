import type { User } from '../users/user.js';

/** One sign-in on one device. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** When it ends unless it is refreshed before. */
  readonly expiresAt: Date;
  /** How the user was authenticated, such as `['pwd']`. @see RFC 8176 §2 */
  readonly amr: readonly string[];
  readonly authenticatedAt: Date;
}

export interface UserSession {
  readonly user: User;
  readonly session: Session;
}

/** Why a session was ended before its time. */
export type RevocationReason =
  | 'LOGGED_OUT'
  | 'REVOKED'
  | 'REFRESH_TOKEN_REPLAYED'
  | 'PASSWORD_RESET'
  | 'PASSWORD_CHANGED'
  | 'EMAIL_CHANGED'
  | 'EMAIL_VERIFIED'
  | 'LIMIT_REACHED';

/** Whose access token the request carries. */
export interface SessionOwner {
  readonly userId: string;
  readonly sessionId: string;
}
