import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { ForbiddenError } from '@auth-subgraph/verifier';
import type { GraphQLContext } from './context.js';
import { PUBLIC } from '@auth-subgraph/verifier/internal';
import { ROUTER_SECRET_HEADER } from '../../platform/http/router-secret-header.js';
import { AUTHENTICATION_MUTATION } from './authentication-mutation.js';
import { OPERATOR_SCOPES } from './operator-scopes.js';
import { SIGNS_OUT } from './sign-out.js';
import { ConfigError } from '../../platform/options/config-error.js';

/** What the root fields require of the caller. Fields are named by coordinate, such as `Mutation.login`. */
export interface FieldRules {
  readonly publicFields: ReadonlySet<string>;
  readonly protectedFields: ReadonlySet<string>;
  /** The fields of user management. */
  readonly operatorFields: ReadonlySet<string>;
  /** The scopes that a protected field requires in addition to a signed-in user. */
  readonly requiredScopes: ReadonlyMap<string, readonly string[]>;
  /** Fields that clear the refresh cookie. */
  readonly signOutFields: ReadonlySet<string>;
  /** The names of the mutations of which an operation may run only one. */
  readonly authenticationMutations: ReadonlySet<string>;
}

/**
 * Reads the marks of `@Public()`, `@SignsOut()`, `@AuthenticationMutation()` and `@OperatorScopes()`, before federation
 * drops them, and adds the scopes that the application requires.
 * @throws ConfigError scopes are required for a field that does not exist or is public; lists all of them
 */
export function fieldRules(
  schema: GraphQLSchema,
  requiredScopes: Readonly<Record<string, readonly string[]>>,
): FieldRules {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null);
  const fields = roots.flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({
      coordinate: `${type.name}.${field.name}`,
      isPublic: field.extensions[PUBLIC] === true,
      signsOut: field.extensions[SIGNS_OUT] === true,
      operatorScopes: field.extensions[OPERATOR_SCOPES] as readonly string[] | undefined,
    })),
  );
  const coordinatesOf = (isOne: (field: (typeof fields)[number]) => boolean): ReadonlySet<string> =>
    new Set(fields.filter(isOne).map(({ coordinate }) => coordinate));
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const protectedFields = coordinatesOf(({ isPublic }) => !isPublic);
  refuseOthers(Object.keys(requiredScopes), protectedFields);
  return {
    publicFields: coordinatesOf(({ isPublic }) => isPublic),
    protectedFields,
    operatorFields: coordinatesOf(({ operatorScopes }) => operatorScopes !== undefined),
    requiredScopes: withOperatorScopes(requiredScopes, fields),
    signOutFields: coordinatesOf(({ signsOut }) => signsOut),
    authenticationMutations: new Set(
      mutations.filter(({ extensions }) => extensions[AUTHENTICATION_MUTATION] === true).map(({ name }) => name),
    ),
  };
}

/** The scopes of the application are added to those of user management. */
function withOperatorScopes(
  ofApplication: Readonly<Record<string, readonly string[]>>,
  fields: readonly { readonly coordinate: string; readonly operatorScopes: readonly string[] | undefined }[],
): ReadonlyMap<string, readonly string[]> {
  const scopes = new Map(Object.entries(ofApplication));
  for (const { coordinate, operatorScopes } of fields)
    if (operatorScopes) scopes.set(coordinate, [...new Set([...operatorScopes, ...(scopes.get(coordinate) ?? [])])]);
  return scopes;
}

function refuseOthers(coordinates: readonly string[], protectedFields: ReadonlySet<string>): void {
  const problem = `is not a field that requires a signed-in user; write one of ${[...protectedFields].join(', ')}`;
  const others = coordinates.filter((coordinate) => !protectedFields.has(coordinate));
  if (others.length > 0)
    throw new ConfigError(others.map((coordinate) => ({ path: `requiredScopes.${coordinate}`, problem })));
}

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;

/** The fields with which a gateway composes the schema and loads entities. */
const ROUTER_FIELDS = ['_service', '_entities'];

/** Restricts these fields to the gateway. */
export function withRouterFieldsGuarded(schema: GraphQLSchema): GraphQLSchema {
  for (const name of ROUTER_FIELDS) {
    const field = schema.getQueryType()?.getFields()[name];
    if (!field) throw new Error(`the schema has no ${name}`);
    field.resolve = forGatewayOnly(name, field.resolve ?? defaultFieldResolver);
  }
  return schema;
}

/** Refuses requests without the secret of the gateway. */
export function forGatewayOnly(name: string, resolve: Resolver): Resolver {
  return (root, args, context, info) => {
    if (!context.fromRouter)
      throw new ForbiddenError(
        { reason: 'NOT_FROM_ROUTER' },
        `Only the gateway may request ${name}. It must send its secret in the header ${ROUTER_SECRET_HEADER}.`,
      );
    return resolve(root, args, context, info);
  };
}
