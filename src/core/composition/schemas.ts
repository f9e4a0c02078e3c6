import type { GraphQLSchema } from 'graphql';
import { createApolloOptions, type ApolloOptions } from '../graphql/apollo-options.js';
import {
  buildAuthSchema,
  type AroundMutation,
  type ResolverInstances,
  type SchemaOptions,
  type SubgraphSchema,
} from '../graphql/schema.js';
import { resolverClassesOf } from './feature-parts.js';
import type { Core } from './core.js';
import type { Feature } from './feature.js';

/** The schemas of a subgraph. */
export interface Schemas {
  /** What the gateway composes. */
  readonly main: SubgraphSchema;
  /** The same with user management, if `admin.schema` is `separate`. */
  readonly admin: SubgraphSchema | undefined;
}

/**
 * Builds the schemas that the options ask for.
 * @throws ConfigError scopes are required for a field that does not exist or is public
 */
export function buildSchemas(
  features: readonly Feature[],
  instances: ResolverInstances,
  options: SchemaOptions,
  aroundMutation?: AroundMutation,
): Schemas {
  const classes = resolverClassesOf(features, options);
  const build = (withManagement: boolean, requiredScopes = options.requiredScopes): SubgraphSchema =>
    buildAuthSchema(classes, instances, { ...options, requiredScopes, withManagement }, aroundMutation);
  if (options.admin.schema !== 'separate')
    return { main: build(options.admin.schema === 'included'), admin: undefined };
  const admin = build(true);
  const ofUsers = Object.entries(options.requiredScopes).filter(([field]) => !admin.operatorFields.has(field));
  return { main: build(false, Object.fromEntries(ofUsers)), admin };
}

/** The schema of a subgraph together with user management, for a server that only operators reach. */
export interface AdminSchema {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** Spread these into a second `new ApolloServer({ … })`, which uses the same `context`. */
  readonly apolloOptions: ApolloOptions;
}

/** Each server that spreads the options gets its own document store. */
export function adminSchemaOf(built: SubgraphSchema, core: Core): AdminSchema {
  return {
    schema: built.schema,
    sdl: built.sdl,
    get apolloOptions() {
      return createApolloOptions(built, core);
    },
  };
}
