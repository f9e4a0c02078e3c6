import { InvalidCredentialsError } from '../../core/errors/errors.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { AccessTokenService } from '../../core/access-tokens/access-token.service.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { sanitizeOrigin, UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Logger } from '../../platform/logger.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { hashServiceHandle, hashServiceSecret, hasSecretHash, parseServiceKey } from './service-key.js';
import type { LiveKey, ServiceTokenRepository } from './service-token.repository.js';

/** Each write of `last_used_at` is a new version of the row. */
const SECONDS_BETWEEN_USES = 60;

/** An access token of a service account. */
export interface ServiceToken {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly scopes: readonly string[];
}

export interface ServiceTokenDependencies {
  readonly serviceTokenRepository: ServiceTokenRepository;
  readonly accessTokens: AccessTokenService;
  readonly limit: RateLimit;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Issues access tokens to service accounts. */
export class ServiceTokenService {
  constructor(private readonly deps: ServiceTokenDependencies) {}

  /**
   * Exchanges a key for an access token.
   * @throws InvalidCredentialsError the key is unknown, wrong or revoked, or its account is deleted
   * @throws TooManyRequestsError too many calls from the origin
   * @see RFC 6749 §4.4
   */
  async issue(key: string, origin: RequestOrigin = UNKNOWN_ORIGIN): Promise<ServiceToken> {
    const { accessTokens, clock, limit, logger, random } = this.deps;
    await limit.take({ origin });
    // Before the look-up: a token must not be later than a deletion that the look-up did not see.
    const issuedAt = clock.now();
    const live = await this.find(key, issuedAt);
    const { ipAddress, userAgent } = sanitizeOrigin(origin);
    if (!live) {
      logger.warn({ ipAddress, userAgent }, 'a key of a service account was rejected');
      throw new InvalidCredentialsError('The key is wrong or has been revoked.');
    }
    const { id: keyId, serviceAccountId: serviceId, scopes } = live;
    const { token, expiresAt } = accessTokens.sign({ serviceId, scopes, issuedAt, tokenId: uuidV7(issuedAt, random) });
    logger.info({ serviceAccountId: serviceId, keyId, ipAddress, userAgent }, 'a service account got an access token');
    return { accessToken: token, accessTokenExpiresAt: expiresAt, scopes };
  }

  private async find(text: string, now: Date): Promise<LiveKey | undefined> {
    const key = parseServiceKey(text);
    if (!key) return undefined;
    const live = await this.deps.serviceTokenRepository.use({
      handleHash: hashServiceHandle(key),
      secretHash: hashServiceSecret(key),
      now,
      lastUsedBefore: addSeconds(now, -SECONDS_BETWEEN_USES),
    });
    return live && hasSecretHash(key, live.secretHash) ? live : undefined;
  }
}
