import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The settings of the service in production, for clients that all share one address. */
export function productionSettings(databaseUrl: string, smtpUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DATA_DIR: join(tmpdir(), 'auth-subgraph-workload-unused'),
    DATABASE_URL: databaseUrl,
    SMTP_URL: smtpUrl,
    MAIL_PRODUCT_NAME: 'the workload',
    JWT_SECRET: randomBytes(48).toString('base64'),
    // Ended sessions must be refused because they have ended, and not because their tokens have expired.
    JWT_ACCESS_TOKEN_EXPIRATION: '24h',
    ROUTER_ALLOW_DIRECT_ACCESS: 'true',
    DRAIN_SECONDS: '0',
    LOCKOUT_ENABLED: 'false',
    RATE_LIMITS_ENABLED: 'false',
    EMAIL_LIMIT_INTERVAL_SECONDS: '0',
    EMAIL_LIMIT_MAX_PER_HOUR: '0',
    EMAIL_LIMIT_MAX_PER_ORIGIN_PER_HOUR: '0',
  };
}
