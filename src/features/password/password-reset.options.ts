import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer } from '../../platform/options/option-types.js';

export const passwordResetOptions = {
  password: {
    resetTokenTtlSeconds: integer(60, 86_400)
      .default(3600)
      .describe('How long a link that resets a password is valid.'),
  },
} as const;

export type PasswordResetConfig = ConfigOf<typeof passwordResetOptions>;
