import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, type ResolverData } from 'type-graphql';
import type { Class, GraphQLContext } from './context.js';
import { withCheckedRepresentations } from './entities.js';
import { errorsAsData } from './errors-as-data.js';
import { guarded, publicCoordinates, withRouterFieldsGuarded } from './guard.js';

const FEDERATION_LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@tag"])`;

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;
type ResolverMap = Record<string, Record<string, unknown>>;

/** Loads the entity that a gateway refers to; null when there is none. */
export type ReferenceResolver = (reference: { id?: unknown }, context: GraphQLContext) => Promise<object | null>;

export interface SubgraphSchema {
  readonly schema: GraphQLSchema;
  /** The schema as a gateway composes it. */
  readonly sdl: string;
}

/** Builds the executable subgraph schema out of TypeGraphQL's resolver classes. */
export function buildAuthSchema(
  resolverClasses: readonly Class[],
  references: Readonly<Record<string, ReferenceResolver>>,
): SubgraphSchema {
  const base = buildSchemaSync({
    resolvers: resolverClasses as unknown as [() => void],
    container: ({ context }: ResolverData<GraphQLContext>) => ({ get: (wanted: Class) => context.scope.get(wanted) }),
    validate: false,
    // Federation's directives are not known to the base schema; the subgraph schema below is checked with them.
    skipCheck: true,
  });
  const sdl = `${FEDERATION_LINK}\n\n${printSubgraphSchema(base)}\n`;
  const resolvers = protect(createResolversMap(base) as ResolverMap, publicCoordinates(base));
  for (const [name, resolveReference] of Object.entries(references))
    resolvers[name] = { ...resolvers[name], __resolveReference: resolveReference };
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  const checked = withCheckedRepresentations(schema, Object.keys(references));
  return { schema: withRouterFieldsGuarded(checked), sdl };
}

/** Puts the guard and the errors-as-data rule around every root field. */
function protect(resolvers: ResolverMap, isPublic: ReadonlySet<string>): ResolverMap {
  for (const root of ['Query', 'Mutation'])
    for (const [name, resolve] of Object.entries(resolvers[root] ?? {}) as [string, Resolver][]) {
      const open = isPublic.has(`${root}.${name}`);
      resolvers[root] = { ...resolvers[root], [name]: errorsAsData(open ? resolve : guarded(resolve)) };
    }
  // The members of a union are told apart by __typename: an error member is data, not an instance of its class.
  for (const type of Object.values(resolvers)) delete type['__isTypeOf'];
  return resolvers;
}
