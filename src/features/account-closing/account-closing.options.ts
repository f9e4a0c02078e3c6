import type { ConfigOf } from '../../platform/options/option-tree.js';
import { duration, flag } from '../../platform/options/option-types.js';

export const accountClosingOptions = {
  accountClosing: {
    enabled: flag
      .default(true)
      .describe('Whether accounts can be closed and erased. Accounts that are closed already are erased either way.'),
    grace: duration
      .default('7d')
      .describe('How long a closed account can be restored before it is erased; from 1h to 30d.'),
  },
} as const;

export type AccountClosingConfig = ConfigOf<typeof accountClosingOptions>;
