import * as z from 'zod';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';
import { commaList } from '../../platform/options/comma-list.js';
import type { ConfigOf } from '../../platform/options/option-tree.js';

function isHost(text: string): boolean {
  // A star is valid in a URL.
  return !text.includes('*') && URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;
}

export const profileOptions = {
  profile: {
    avatarHosts: z
      .string('must be a text of hosts separated by commas; write for example "images.example.com"')
      .refine((value) => commaList(value).every(isHost), {
        error:
          'must hold host names in lower case and in ASCII (`xn--…`), without `*`, with a port if it is not 443; write for example "images.example.com"',
      })
      .optional()
      .describe('The hosts that may serve the pictures of users, separated by commas; unset for any host.'),
  },
  rateLimits: {
    updateProfile: rateLimit(['account', 'origin', 'pair'], 'account 60/10m').describe(
      'The rate limits of `updateProfile`.',
    ),
  },
} as const;

export type ProfileConfig = ConfigOf<typeof profileOptions>;
