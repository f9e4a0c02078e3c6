import type { ConfigOf } from '../../platform/options/option-tree.js';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import { pageUrl } from '../../platform/options/option-types.js';

export const emailVerificationOptions = {
  mail: {
    verifyEmailUrl: pageUrl
      .default('http://localhost:3000/verify-email')
      .describe(
        'The page of your application that verifies an address; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.',
      ),
  },
  rateLimits: {
    verifyEmail: rateLimit(['origin'], 'origin 600/1m').describe('The rate limits of `verifyEmail`.'),
    resendVerification: rateLimit(['account', 'origin', 'pair'], 'origin 300/1m, pair 20/10m').describe(
      'The rate limits of `resendVerification`.',
    ),
  },
} as const;

export type EmailVerificationConfig = ConfigOf<typeof emailVerificationOptions>;
