import { createHash } from 'node:crypto';
import type { AccessTokenService } from '../tokens/access-token.service.js';
import { formatRefreshToken, type RefreshToken } from './refresh-token.js';
import type { Session } from './session.js';

export interface TokenPair {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

/** Signs the access token that goes with a refresh token. */
export class TokenPairIssuer {
  constructor(private readonly accessTokens: AccessTokenService) {}

  /**
   * The access token's id and time follow from the refresh token and from when that was made. So whoever presents one
   * token twice within the grace period gets not just an equivalent pair but the same one.
   */
  issue(session: Session, token: RefreshToken, issuedAt: Date): TokenPair {
    const refreshToken = formatRefreshToken(token);
    const { token: accessToken, expiresAt } = this.accessTokens.sign({
      userId: session.userId,
      sessionId: session.id,
      tokenId: createHash('sha256').update(`jti:${refreshToken}`).digest().subarray(0, 16).toString('base64url'),
      issuedAt,
    });
    return { accessToken, accessTokenExpiresAt: expiresAt, refreshToken, refreshTokenExpiresAt: session.expiresAt };
  }
}
