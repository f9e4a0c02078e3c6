import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag, integer } from '../../platform/options/option-types.js';

export const lockoutOptions = {
  lockout: {
    enabled: flag.default(true).describe('Whether wrong passwords lock sign-in for a while.'),
    maxAttempts: integer(1, 1000).default(5).describe('How many wrong passwords in a row lock sign-in.'),
    maxAttemptsPerClient: integer(0, 1_000_000)
      .default(0)
      .describe(
        'How many wrong passwords one client address may try in that time, across all accounts; 0 for no limit. Behind a gateway, set TRUSTED_HOPS first, or all its users share one address.',
      ),
    deviceCookies: flag
      .default(false)
      .describe(
        'Whether browsers keep the device token in an HttpOnly cookie too, so that a page need not send it along.',
      ),
    durationSeconds: integer(1, 86_400)
      .default(900)
      .describe('How long sign-in stays locked, and attempts are remembered.'),
  },
} as const;

export type LockoutConfig = ConfigOf<typeof lockoutOptions>;
