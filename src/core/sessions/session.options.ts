import * as z from 'zod';
import { origins } from '../../platform/options/comma-list.js';
import { duration, flag, integer } from '../../platform/options/option-types.js';

export const sessionOptions = {
  session: {
    maxLifetime: duration
      .default('90d')
      .describe('The maximum lifetime of a session, even if it is refreshed (absolute lifetime); at most 3650 days.'),
    maxPerUser: integer(0, 10_000)
      .default(100)
      .describe(
        'The maximum number of live sessions per user; a further sign-in ends the least recently used ones. 0 for no limit.',
      ),
  },
  refreshReuseGraceSeconds: integer(0, 300)
    .default(30)
    .describe(
      'How long after its rotation a refresh token still returns the current pair of its session, for parallel tabs and retries; 0 disables this.',
    ),
  refreshCookie: {
    enabled: flag
      .default(false)
      .describe('Whether the refresh token is set as an HttpOnly cookie that scripts cannot read.'),
    sameSite: z
      .enum(['strict', 'lax', 'none'], 'must be "strict", "lax" or "none"')
      .default('strict')
      .describe('The SameSite attribute of the cookie; `none` if the pages and the API are on different sites.'),
    allowedOrigins: origins
      .optional()
      .describe(
        'The origins of pages that may sign in and refresh with the cookie, separated by commas, such as `https://app.example.com`.',
      ),
  },
} as const;

export interface SessionConfig {
  readonly session: Readonly<{ maxLifetimeSeconds: number; maxPerUser: number }>;
  readonly refreshReuseGraceSeconds: number;
  readonly refreshCookie: Readonly<{
    enabled: boolean;
    sameSite: 'strict' | 'lax' | 'none';
    allowedOrigins: readonly string[];
  }>;
}
