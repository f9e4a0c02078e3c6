import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer } from '../../platform/options/option-types.js';

export const oneTimeTokenOptions = {
  registration: {
    verificationTokenTtlSeconds: integer(60, 604_800)
      .default(86_400)
      .describe('How long a link that verifies an address, or confirms a change of address, is valid.'),
  },
} as const;

export type OneTimeTokenConfig = ConfigOf<typeof oneTimeTokenOptions>;
