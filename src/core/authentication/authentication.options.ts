import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag } from '../../platform/options/option-types.js';

export const authenticationOptions = {
  registration: {
    requireEmailVerification: flag
      .default(false)
      .describe(
        'No session is opened before the address has been verified, and `register` answers the same for an address that is taken.',
      ),
  },
} as const;

export type AuthenticationConfig = ConfigOf<typeof authenticationOptions>;
