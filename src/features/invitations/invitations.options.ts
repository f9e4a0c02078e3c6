import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer, pageUrl } from '../../platform/options/option-types.js';

export const invitationsOptions = {
  registration: {
    invitationTokenTtlSeconds: integer(3600, 2_592_000)
      .default(604_800)
      .describe('How long the link of an invitation is valid.'),
  },
  mail: {
    acceptInvitationUrl: pageUrl
      .default('http://localhost:3000/accept-invitation')
      .describe(
        'The page of your application where invited users choose a password; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.',
      ),
  },
  rateLimits: {
    acceptInvitation: rateLimit(['origin'], 'origin 300/1m').describe('The rate limits of `acceptInvitation`.'),
  },
} as const;

export type InvitationsConfig = ConfigOf<typeof invitationsOptions>;
