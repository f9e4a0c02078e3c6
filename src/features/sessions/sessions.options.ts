import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import type { ConfigOf } from '../../platform/options/option-tree.js';

export const sessionsOptions = {
  rateLimits: {
    refresh: rateLimit(['account', 'origin', 'pair'], 'origin 60000/1m').describe(
      'The limits of `refresh`, whose account is the session. Each process counts alone, up to a twentieth of a limit.',
    ),
  },
} as const;

export type SessionsConfig = ConfigOf<typeof sessionsOptions>;
