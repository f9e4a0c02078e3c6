import * as z from 'zod';
import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag, integer } from '../../platform/options/option-types.js';

export const passwordOptions = {
  password: {
    saltRounds: integer(4, 15)
      .default(10)
      .describe('The bcrypt cost, 4 to 15; at least 10 in production. A sign-in replaces a hash of a lower cost.'),
    minLength: integer(8, 64).default(8).describe('The minimum number of characters in a new password.'),
    requireUppercase: flag.default(false).describe('Whether a new password must contain an upper-case letter.'),
    requireLowercase: flag.default(false).describe('Whether a new password must contain a lower-case letter.'),
    requireNumbers: flag.default(false).describe('Whether a new password must contain a digit.'),
    requireSpecialChars: flag
      .default(false)
      .describe('Whether a new password must contain a character that is neither a letter, a digit nor white space.'),
    refuseCommon: flag
      .default(true)
      .describe(
        'Whether a new password must not be common or leaked, a variant of such a password, a repeat, a sequence, a keyboard walk or the product name.',
      ),
    breachedPasswordsUrl: z
      .url({
        protocol: /^https?$/,
        error: 'must be an absolute http(s) address; write for example "https://api.pwnedpasswords.com/range"',
      })
      .refine((url) => URL.canParse(url) && new URL(url).search === '' && new URL(url).hash === '', {
        error: 'must not have a query or a fragment, because the prefix of a hash is added to its path',
      })
      .optional()
      .describe(
        'A server in the format of Pwned Passwords that new passwords are checked against, such as `https://api.pwnedpasswords.com/range`. It receives only five hexadecimal digits of the SHA-1 hash. If it fails, passwords are accepted. If unset, there is no such check.',
      ),
  },
} as const;

export type PasswordConfig = ConfigOf<typeof passwordOptions>;
