import { routerSecrets } from '../../platform/options/comma-list.js';
import { flag } from '../../platform/options/option-types.js';
import { requiredScopes } from './required-scopes.options.js';

export const graphqlOptions = {
  introspection: flag
    .optional()
    .describe(
      'Whether clients may read the schema by introspection; if unset, everywhere except in production. Gateways do not need it.',
    ),
  router: {
    secret: routerSecrets
      .optional()
      .describe(
        'What the router sends as `x-router-secret`, at least 32 bytes; two separated by a comma while it is changed. Requests without it get no `_service` and no `_entities`, and their X-Forwarded-For is not believed.',
      ),
    allowDirectAccess: flag
      .default(false)
      .describe('Whether production may do without `router.secret`, because the network keeps everybody else out.'),
  },
  requiredScopes: requiredScopes
    .default({})
    .describe('The scopes that a root field asks for beside a signed-in user, as lists by field.'),
  authDirectives: flag
    .default(false)
    .describe(
      'Whether the schema tells a gateway which root fields need a signed-in user and which scopes (federation 2.5). The subgraph checks either way.',
    ),
} as const;

export interface GraphQLConfig {
  readonly introspection: boolean;
  readonly router: Readonly<{
    /** Any of them is accepted; without one every request is believed to come from the gateway. */
    secrets: readonly string[];
    allowDirectAccess: boolean;
  }>;
  readonly requiredScopes: Readonly<Record<string, readonly string[]>>;
  readonly authDirectives: boolean;
}
