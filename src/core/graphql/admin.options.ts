import * as z from 'zod';
import type { ConfigOf } from '../../platform/options/option-tree.js';

export const adminOptions = {
  admin: {
    schema: z
      .enum(['off', 'included', 'separate'], 'must be off, included or separate')
      .default('off')
      .describe(
        'Where the operations of user management are: nowhere, in the schema of the subgraph with `@tag(name: "admin")` for contracts, or in a separate schema on `ADMIN_PORT`. In production, `included` requires `router.secret`.',
      ),
  },
} as const;

export type AdminConfig = ConfigOf<typeof adminOptions>;
