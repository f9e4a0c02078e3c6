import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag, integer } from '../../platform/options/option-types.js';

export const lockoutOptions = {
  lockout: {
    enabled: flag.default(true).describe('Whether sign-in is locked for a while after too many wrong passwords.'),
    maxAttempts: integer(1, 1000).default(5).describe('The number of wrong passwords in a row that locks sign-in.'),
    maxAttemptsPerClient: integer(0, 1_000_000)
      .default(0)
      .describe(
        'How many wrong passwords one client address may try within the lockout duration, across all accounts; 0 for no limit. Behind a gateway, set TRUSTED_HOPS first; otherwise all users share one address.',
      ),
    deviceCookies: flag
      .default(false)
      .describe('Whether the device token is also set as an HttpOnly cookie, so that pages do not have to send it.'),
    durationSeconds: integer(1, 86_400)
      .default(900)
      .describe(
        'How long sign-in stays locked, and how long a wrong password is counted. Each further one in a row restarts the time.',
      ),
  },
} as const;

export type LockoutConfig = ConfigOf<typeof lockoutOptions>;
