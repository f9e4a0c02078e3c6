import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import type { ConfigOf } from '../../platform/options/option-tree.js';

export const sessionsOptions = {
  rateLimits: {
    refresh: rateLimit(['account', 'origin', 'pair'], 'origin 60000/1m').describe(
      'The rate limits of `refresh`, where `account` is the session. Each process may exceed a limit by a twentieth.',
    ),
  },
} as const;

export type SessionsConfig = ConfigOf<typeof sessionsOptions>;
