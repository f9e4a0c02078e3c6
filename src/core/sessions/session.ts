import type { User } from '../users/user.js';

/** One sign-in on one device. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** When the session ends if it is not refreshed. */
  readonly expiresAt: Date;
  /** How the user was authenticated, such as `['pwd']`. @see RFC 8176 §2 */
  readonly amr: readonly string[];
  readonly authenticatedAt: Date;
}

export interface UserSession {
  readonly user: User;
  readonly session: Session;
}

/** Why a session was ended before it expired. */
export const REVOCATION_REASONS = [
  'LOGGED_OUT',
  'REVOKED',
  'REVOKED_BY_OPERATOR',
  'REFRESH_TOKEN_REPLAYED',
  'PASSWORD_RESET',
  'PASSWORD_CHANGED',
  'EMAIL_CHANGED',
  'EMAIL_VERIFIED',
  'LIMIT_REACHED',
  'DEACTIVATED',
  'ACCOUNT_CLOSED',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** The user and session of the request's access token. */
export interface SessionOwner {
  readonly userId: string;
  readonly sessionId: string;
}
