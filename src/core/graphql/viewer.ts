import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import type { Viewer } from '@auth-subgraph/verifier';
import { readBearer, viewerOf } from '@auth-subgraph/verifier/internal';

/**
 * Reads the Authorization header. Never throws. Whether the session is live, or the service account exists, is checked when
 * data is read.
 */
export function readViewer(authorization: string | undefined, accessTokens: AccessTokenService, now: Date): Viewer {
  // What an application passes on may be anything.
  const token = typeof authorization === 'string' ? readBearer(authorization) : undefined;
  if (token === undefined) return { kind: 'anonymous' };
  const verified = accessTokens.verify(token, now);
  return verified.ok ? viewerOf(verified.claims) : { kind: 'rejected', reason: verified.reason };
}
