import type { UnauthenticatedReason } from '../kernel/errors.js';
import type { AccessTokenService } from '../tokens/access-token.service.js';

/** Who calls. A bad token is not the same as no token, and neither is an error before a field asks. */
export type Viewer = AnonymousViewer | AuthenticatedViewer | RejectedViewer;

export interface AnonymousViewer {
  readonly kind: 'anonymous';
}

/** The bearer of a valid access token. Whether its session is still live is asked with the data. */
export interface AuthenticatedViewer {
  readonly kind: 'authenticated';
  readonly userId: string;
  readonly sessionId: string;
  /** What the access token allows. @see RFC 9068 §2.2.3 */
  readonly scopes: readonly string[];
  /** Every claim of the access token, as it stands there. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface RejectedViewer {
  readonly kind: 'rejected';
  readonly reason: Exclude<UnauthenticatedReason, 'MISSING'>;
}

const BEARER = /^bearer(?: +(.*))?$/i;

/**
 * Reads the Authorization header. Never throws.
 * @see RFC 6750 §2.1
 */
export function readViewer(authorization: string | undefined, accessTokens: AccessTokenService, now: Date): Viewer {
  const bearer = BEARER.exec(authorization?.trim() ?? '');
  if (!bearer) return { kind: 'anonymous' };
  const verified = accessTokens.verify(bearer[1], now);
  if (!verified.ok) return { kind: 'rejected', reason: verified.reason };
  const { userId, sessionId, scopes, claims } = verified.claims;
  return { kind: 'authenticated', userId, sessionId, scopes, claims };
}

/** Why the viewer may not use a field that needs a signed-in user. */
export function unauthenticatedReason(viewer: AnonymousViewer | RejectedViewer): UnauthenticatedReason {
  return viewer.kind === 'anonymous' ? 'MISSING' : viewer.reason;
}
