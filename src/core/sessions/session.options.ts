import { z } from 'zod';
import { origins } from '../../platform/options/comma-list.js';
import { duration, flag, integer } from '../../platform/options/option-types.js';

export const sessionOptions = {
  session: {
    maxLifetime: duration
      .default('90d')
      .describe('How long a session lives at the most, however often it is refreshed (its absolute lifetime).'),
    maxPerUser: integer(0, 10_000)
      .default(100)
      .describe(
        'How many live sessions a user may have; a sign-in beyond that ends the least recently used ones. 0 for no limit.',
      ),
  },
  refreshReuseGraceSeconds: integer(0, 300)
    .default(30)
    .describe(
      'How long after its rotation a refresh token still gets the current pair of its session, so that tabs and retries agree; 0 turns this off.',
    ),
  refreshCookie: {
    enabled: flag
      .default(false)
      .describe('Whether browsers keep the refresh token in an HttpOnly cookie, out of reach of scripts.'),
    sameSite: z
      .enum(['strict', 'lax', 'none'], 'must be "strict", "lax" or "none"; write one of them')
      .default('strict')
      .describe('The SameSite attribute of that cookie; `none` for pages on another site than the API.'),
    allowedOrigins: origins
      .optional()
      .describe(
        'The pages that may sign in and refresh with the cookie: exact origins with commas between them, such as `https://app.example.com`.',
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
