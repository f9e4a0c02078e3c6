import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag } from '../../platform/options/option-types.js';

export const authenticationOptions = {
  registration: {
    requireEmailVerification: flag
      .default(false)
      .describe(
        'Whether users must verify their address before they can sign in. If set, `register` returns the same result for an address that is taken.',
      ),
  },
} as const;

export type AuthenticationConfig = ConfigOf<typeof authenticationOptions>;
