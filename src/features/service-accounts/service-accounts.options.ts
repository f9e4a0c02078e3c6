import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag } from '../../platform/options/option-types.js';
import { rateLimit } from '../../core/rate-limits/rate-limit.options.js';

export const serviceAccountsOptions = {
  serviceAccounts: {
    enabled: flag
      .default(false)
      .describe(
        'Whether service accounts can get access tokens: `issueServiceToken` is in the schema, and so are the fields of user management for service accounts. Tokens that are already issued stay valid until they expire.',
      ),
  },
  rateLimits: {
    issueServiceToken: rateLimit(['origin'], 'origin 300/1m').describe('The rate limits of `issueServiceToken`.'),
  },
} as const;

export type ServiceAccountsConfig = ConfigOf<typeof serviceAccountsOptions>;
