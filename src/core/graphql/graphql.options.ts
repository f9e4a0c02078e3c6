import { routerSecrets } from '../../platform/options/comma-list.js';
import { flag } from '../../platform/options/option-types.js';
import { requiredScopes } from './required-scopes.options.js';

export const graphqlOptions = {
  introspection: flag
    .optional()
    .describe(
      'Whether introspection is enabled; if unset, it is disabled only in production. Gateways do not need it.',
    ),
  router: {
    secret: routerSecrets
      .optional()
      .describe(
        'The secret that the gateway sends as `x-router-secret`, at least 32 bytes; two values separated by a comma during a rotation. Requests without it cannot use `_service` and `_entities`, and their X-Forwarded-For is ignored.',
      ),
    allowDirectAccess: flag
      .default(false)
      .describe(
        'Whether `router.secret` may be missing in production, because only the gateway can reach the service.',
      ),
  },
  requiredScopes: requiredScopes
    .default({})
    .describe('The scopes that a root field requires in addition to a signed-in user, as lists by field.'),
  authDirectives: flag
    .default(false)
    .describe(
      'Whether the schema contains `@authenticated` and `@requiresScopes` for the gateway (Federation 2.5). The subgraph checks both in any case.',
    ),
} as const;

export interface GraphQLConfig {
  readonly introspection: boolean;
  readonly router: Readonly<{
    /** Any of them is accepted. If there is none, every request is treated as coming from the gateway. */
    secrets: readonly string[];
    allowDirectAccess: boolean;
  }>;
  readonly requiredScopes: Readonly<Record<string, readonly string[]>>;
  readonly authDirectives: boolean;
}
