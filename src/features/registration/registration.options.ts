import type { ConfigOf } from '../../platform/options/option-tree.js';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import { flag } from '../../platform/options/option-types.js';

export const registrationOptions = {
  registration: {
    enabled: flag.default(true).describe('Whether new users can register.'),
  },
  rateLimits: {
    register: rateLimit(['account', 'origin', 'pair'], 'origin 300/1m, pair 20/10m').describe(
      'The rate limits of `register`.',
    ),
  },
} as const;

export type RegistrationConfig = ConfigOf<typeof registrationOptions>;
