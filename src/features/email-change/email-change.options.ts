import type { ConfigOf } from '../../platform/options/option-tree.js';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import { pageUrl } from '../../platform/options/option-types.js';

export const emailChangeOptions = {
  mail: {
    confirmEmailChangeUrl: pageUrl
      .default('http://localhost:3000/confirm-email-change')
      .describe(
        'The page of your application that confirms a change of address; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.',
      ),
  },
  rateLimits: {
    changeEmail: rateLimit(['account', 'origin', 'pair'], 'account 30/15m').describe(
      'The rate limits of `changeEmail`.',
    ),
    confirmEmailChange: rateLimit(['account', 'origin', 'pair'], 'account 30/15m').describe(
      'The rate limits of `confirmEmailChange`.',
    ),
  },
} as const;

export type EmailChangeConfig = ConfigOf<typeof emailChangeOptions>;
