import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { print, parse, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, getMetadataStorage } from 'type-graphql';
import { withAdminTags, withoutManagementCodes } from './admin-tags.js';
import type { AdminConfig } from './admin.options.js';
import { withAuthDirectives } from './auth-directives.js';
import type { GraphQLContext } from './context.js';
import { withCountedPages } from '../../platform/graphql/counted-pages.js';
import { withCheckedRepresentations } from '../../platform/graphql/entities.js';
import { copyMaxLengths } from '../../platform/graphql/list-length.js';
import { signingOut } from './sign-out.js';
import { guarded } from '@auth-subgraph/verifier/internal';
import { fieldRules, forGatewayOnly, withRouterFieldsGuarded, type FieldRules } from './guard.js';
import { errorsAsData } from './errors-as-data.js';

/** `@authenticated` and `@requiresScopes` require Federation 2.5. Without them, older gateways work too. */
function federationLink(authDirectives: boolean): string {
  const names = ['@key', '@shareable', '@tag', ...(authDirectives ? ['@authenticated', '@requiresScopes'] : [])];
  return `extend schema
  @link(url: "https://specs.apollo.dev/federation/${authDirectives ? 'v2.5' : 'v2.3'}", import: [${names.map((name) => `"${name}"`).join(', ')}])`;
}

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;
type ResolverMap = Record<string, Record<string, unknown>>;

export type Class<T extends object = object> = abstract new (...args: never[]) => T;

/** Loads an entity that a gateway references; null if it does not exist. */
export interface EntityResolver {
  resolveReference(reference: { id?: unknown }, context: GraphQLContext): Promise<object | null>;
}

/** The resolver classes of the features, and those that load entities, by type name. */
export interface ResolverClasses {
  readonly classes: readonly Class[];
  /** Those of user management. */
  readonly management: readonly Class[];
  readonly references: Readonly<Record<string, Class<EntityResolver>>>;
}

/** The single instance of each resolver class. */
export type ResolverInstances = ReadonlyMap<Class, object>;

/** Options for the root fields. */
export interface SchemaOptions extends AdminConfig {
  readonly requiredScopes: Readonly<Record<string, readonly string[]>>;
  /** Whether the SDL contains `@authenticated` and `@requiresScopes`. */
  readonly authDirectives: boolean;
}

export interface SubgraphSchema {
  readonly schema: GraphQLSchema;
  /** The SDL that a gateway composes. */
  readonly sdl: string;
  /** The names of the mutations of which an operation may run only one. */
  readonly authenticationMutations: ReadonlySet<string>;
  /** The fields of user management, as coordinates. */
  readonly operatorFields: ReadonlySet<string>;
}

/** Who may call a mutation. */
export type MutationCaller = 'anyone' | 'user' | 'operator';

/** Runs the resolver of a mutation. */
export type AroundMutation = <T>(
  context: GraphQLContext,
  resolve: () => T | Promise<T>,
  caller: MutationCaller,
) => Promise<T>;

/**
 * Builds the executable subgraph schema from TypeGraphQL's resolver classes.
 * @throws ConfigError scopes are required for a field that does not exist or is public
 */
export function buildAuthSchema(
  { classes, management, references }: ResolverClasses,
  instances: ResolverInstances,
  { admin, authDirectives, requiredScopes, withManagement }: SchemaOptions & { readonly withManagement: boolean },
  aroundMutation?: AroundMutation,
): SubgraphSchema {
  const base = buildBase(withManagement ? [...classes, ...management] : classes, instances);
  const rules = fieldRules(base, requiredScopes);
  const types = withManagement
    ? withAdminTags(printSubgraphSchema(base), publicTypes(buildBase(classes, instances)))
    : publicTypes(base);
  const plain = `${federationLink(authDirectives)}\n\n${types}\n`;
  const sdl = authDirectives ? `${print(withAuthDirectives(plain, rules))}\n` : plain;
  const resolvers = protect(createResolversMap(base) as ResolverMap, rules, admin.schema === 'included');
  if (aroundMutation) surround(resolvers['Mutation'] as Record<string, Resolver>, aroundMutation, rules);
  for (const [name, type] of Object.entries(references)) {
    const resolveReference: EntityResolver['resolveReference'] = (reference, context) =>
      (instances.get(type) as EntityResolver).resolveReference(reference, context);
    resolvers[name] = { ...resolvers[name], __resolveReference: resolveReference };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  copyMaxLengths(base, schema);
  const checked = withCountedPages(withCheckedRepresentations(schema, Object.keys(references)));
  const { authenticationMutations, operatorFields } = rules;
  return { schema: withRouterFieldsGuarded(checked), sdl, authenticationMutations, operatorFields };
}

function buildBase(classes: readonly Class[], instances: ResolverInstances): GraphQLSchema {
  const base = buildSchemaSync({
    resolvers: classes as unknown as [() => void],
    container: { get: (wanted: Class) => instances.get(wanted) },
    validate: false,
    // The base schema does not know federation's directives. The subgraph schema is validated with them.
    skipCheck: true,
  });
  forgetAddedFields(classes);
  return base;
}

function publicTypes(base: GraphQLSchema): string {
  return withoutManagementCodes(printSubgraphSchema(base));
}

/**
 * Removes the fields that these resolver classes added to types in other files. TypeGraphQL keeps them in a registry that the
 * whole process shares, so the next schema would contain them too. Fields of the application's own classes are kept.
 */
function forgetAddedFields(classes: readonly Class[]): void {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const added = fieldResolvers.filter(({ kind, target }) => kind === 'external' && classes.includes(target as Class));
  for (const type of objectTypes)
    type.fields = (type.fields ?? []).filter(
      ({ schemaName }) =>
        !added.some((field) => field.schemaName === schemaName && field.getObjectType?.() === type.target),
    );
}

function surround(
  mutations: Record<string, Resolver>,
  around: AroundMutation,
  { operatorFields, publicFields }: Pick<FieldRules, 'operatorFields' | 'publicFields'>,
): void {
  for (const [name, resolve] of Object.entries(mutations)) {
    const coordinate = `Mutation.${name}`;
    const signedIn = operatorFields.has(coordinate) ? 'operator' : 'user';
    const caller = publicFields.has(coordinate) ? 'anyone' : signedIn;
    mutations[name] = (root, args, context, info) => around(context, () => resolve(root, args, context, info), caller);
  }
}

/** Wraps every root field in the guard and the errors-as-data rule. */
function protect(
  resolvers: ResolverMap,
  { operatorFields, publicFields, requiredScopes, signOutFields }: FieldRules,
  operatorsUseGateway: boolean,
): ResolverMap {
  for (const root of ['Query', 'Mutation'])
    for (const [name, resolve] of Object.entries(resolvers[root] ?? {}) as [string, Resolver][]) {
      const coordinate = `${root}.${name}`;
      const isOperated = operatorFields.has(coordinate);
      const allowed = publicFields.has(coordinate)
        ? resolve
        : guarded(resolve, requiredScopes.get(coordinate), isOperated);
      const routed = operatorsUseGateway && isOperated ? forGatewayOnly(name, allowed) : allowed;
      const tidy = signOutFields.has(coordinate) ? signingOut(routed) : routed;
      resolvers[root] = { ...resolvers[root], [name]: errorsAsData(tidy) };
    }
  // Union members are resolved by `__typename`: an error is a plain object, not an instance of its class.
  // graphql-js does this by default, without the promise that TypeGraphQL's resolver returns.
  for (const type of Object.values(resolvers)) {
    delete type['__isTypeOf'];
    delete type['__resolveType'];
  }
  return resolvers;
}
