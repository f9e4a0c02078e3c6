import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { parse, print, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, getMetadataStorage } from 'type-graphql';
import { withAuthDirectives } from './auth-directives.js';
import type { GraphQLContext } from './context.js';
import { withCheckedRepresentations } from '../../platform/graphql/entities.js';
import { signingOut } from './sign-out.js';
import { fieldRules, guarded, withRouterFieldsGuarded, type FieldRules } from './guard.js';
import { errorsAsData } from './errors-as-data.js';

/** `@authenticated` and `@requiresScopes` are there from 2.5 on; without them an older gateway will do. */
function federationLink(authDirectives: boolean): string {
  const names = ['@key', '@shareable', '@tag', ...(authDirectives ? ['@authenticated', '@requiresScopes'] : [])];
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/${authDirectives ? 'v2.5' : 'v2.3'}", import: [${names.map((name) => `"${name}"`).join(', ')}])`;
}

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;
type ResolverMap = Record<string, Record<string, unknown>>;

export type Class<T extends object = object> = abstract new (...args: never[]) => T;

/** Loads the entity that a gateway refers to; null if there is none. */
export interface EntityResolver {
  resolveReference(reference: { id?: unknown }, context: GraphQLContext): Promise<object | null>;
}

/** The resolver classes of the features, and which of them load entities, by the names of the types. */
export interface ResolverClasses {
  readonly classes: readonly Class[];
  readonly references: Readonly<Record<string, Class<EntityResolver>>>;
}

/** The one instance of each resolver class. */
export type ResolverInstances = ReadonlyMap<Class, object>;

/** What a host decides about the root fields. */
export interface SchemaOptions {
  readonly requiredScopes: Readonly<Record<string, readonly string[]>>;
  /** Whether the SDL tells a gateway which root fields need what. */
  readonly authDirectives: boolean;
}

export interface SubgraphSchema {
  readonly schema: GraphQLSchema;
  /** The schema as a gateway composes it. */
  readonly sdl: string;
}

/**
 * Builds the executable subgraph schema out of TypeGraphQL's resolver classes.
 * @throws ConfigError scopes are required of a field that there is not, or that is public
 */
export function buildAuthSchema(
  { classes, references }: ResolverClasses,
  instances: ResolverInstances,
  { requiredScopes, authDirectives }: SchemaOptions,
): SubgraphSchema {
  const base = buildSchemaSync({
    resolvers: classes as unknown as [() => void],
    container: { get: (wanted: Class) => instances.get(wanted) },
    validate: false,
    // Federation's directives are not known to the base schema; the subgraph schema below is checked with them.
    skipCheck: true,
  });
  forgetAddedFields();
  const rules = fieldRules(base, requiredScopes);
  const plain = `${federationLink(authDirectives)}\n\n${printSubgraphSchema(base)}\n`;
  const sdl = authDirectives ? `${print(withAuthDirectives(plain, rules))}\n` : plain;
  const resolvers = protect(createResolversMap(base) as ResolverMap, rules);
  for (const [name, type] of Object.entries(references)) {
    const resolveReference: EntityResolver['resolveReference'] = (reference, context) =>
      (instances.get(type) as EntityResolver).resolveReference(reference, context);
    resolvers[name] = { ...resolvers[name], __resolveReference: resolveReference };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  const checked = withCheckedRepresentations(schema, Object.keys(references));
  return { schema: withRouterFieldsGuarded(checked), sdl };
}

/**
 * TypeGraphQL keeps what a resolver class adds to a type of another file. A later schema of the process, with other
 * resolvers, must not have it.
 */
function forgetAddedFields(): void {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const added = fieldResolvers.filter(({ kind }) => kind === 'external');
  for (const type of objectTypes)
    type.fields = (type.fields ?? []).filter(
      ({ schemaName }) =>
        !added.some((field) => field.schemaName === schemaName && field.getObjectType?.() === type.target),
    );
}

/** Puts the guard and the errors-as-data rule around every root field. */
function protect(resolvers: ResolverMap, { publicFields, requiredScopes, signOutFields }: FieldRules): ResolverMap {
  for (const root of ['Query', 'Mutation'])
    for (const [name, resolve] of Object.entries(resolvers[root] ?? {}) as [string, Resolver][]) {
      const coordinate = `${root}.${name}`;
      const allowed = publicFields.has(coordinate) ? resolve : guarded(resolve, requiredScopes.get(coordinate));
      const tidy = signOutFields.has(coordinate) ? signingOut(allowed) : allowed;
      resolvers[root] = { ...resolvers[root], [name]: errorsAsData(tidy) };
    }
  // The members of a union are told apart by __typename: an error member is data, not an instance of its class.
  for (const type of Object.values(resolvers)) delete type['__isTypeOf'];
  return resolvers;
}
