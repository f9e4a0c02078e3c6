import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer } from '../../platform/options/option-types.js';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';

export const passwordFeatureOptions = {
  password: {
    resetTokenTtlSeconds: integer(60, 86_400)
      .default(3600)
      .describe('How long a link that resets a password is valid.'),
  },
  rateLimits: {
    login: rateLimit(['account', 'origin', 'pair'], 'origin 600/1m, pair 120/5m, account 600/15m').describe(
      'The rate limits of `login`. A known device is limited only by its origin.',
    ),
    forgotPassword: rateLimit(['account', 'origin', 'pair'], 'origin 300/1m, pair 20/10m').describe(
      'The rate limits of `forgotPassword`.',
    ),
    resetPassword: rateLimit(['origin'], 'origin 300/1m').describe('The rate limits of `resetPassword`.'),
    changePassword: rateLimit(['account', 'origin', 'pair'], 'account 30/15m').describe(
      'The rate limits of `changePassword`.',
    ),
  },
} as const;

export type PasswordFeatureConfig = ConfigOf<typeof passwordFeatureOptions>;
