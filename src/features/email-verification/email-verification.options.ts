import type { ConfigOf } from '../../platform/options/option-tree.js';
import { pageUrl } from '../../platform/options/option-types.js';

export const emailVerificationOptions = {
  mail: {
    verifyEmailUrl: pageUrl
      .default('http://localhost:3000/verify-email')
      .describe('The page of your application that verifies an address; links in emails append a token.'),
  },
} as const;

export type EmailVerificationConfig = ConfigOf<typeof emailVerificationOptions>;
