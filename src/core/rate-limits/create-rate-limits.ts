import type { StatementPool } from '../../platform/database/statement.js';
import type { DatabaseConfig } from '../../platform/database/database.options.js';
import type { Logger } from '../../platform/logger.js';
import { postgresCallCounters } from './postgres-call-counters.js';
import type { RateLimitConfig } from './rate-limit.options.js';
import { RateLimits } from './rate-limits.js';
import { redisCallCounters } from './redis-call-counters.js';

/** Creates the rate limits, with the store that the options select. */
export async function createRateLimits(
  { database, rateLimits, redisUrl }: RateLimitConfig & DatabaseConfig,
  pool: () => StatementPool,
  logger: Logger,
): Promise<RateLimits> {
  if (!rateLimits.enabled) return new RateLimits(undefined, logger);
  const inRedis = redisUrl === undefined ? undefined : await redisCallCounters(redisUrl, logger);
  return new RateLimits(inRedis ?? postgresCallCounters(pool, database.preparedStatements, logger), logger);
}
