import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { ForbiddenError } from '../kernel/errors.js';
import type { GraphQLContext } from './context.js';
import { PUBLIC } from '../verifier/public-mark.js';
import { requireViewer } from './decorators.js';
import { ROUTER_SECRET_HEADER } from './router-secret.js';

/** The root fields marked `@Public()`, as `Mutation.login`. Read before federation, which drops the marks. */
export function publicCoordinates(schema: GraphQLSchema): ReadonlySet<string> {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => type != null);
  return new Set(
    roots.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => field.extensions[PUBLIC] === true)
        .map((field) => `${type.name}.${field.name}`),
    ),
  );
}

/** Denies by default: lets a resolver run for a signed-in viewer only. */
export function guarded(
  resolve: GraphQLFieldResolver<unknown, GraphQLContext>,
): GraphQLFieldResolver<unknown, GraphQLContext> {
  return (root, args, context, info) => {
    requireViewer(context);
    return resolve(root, args, context, info);
  };
}

/** The fields by which a gateway composes the subgraph and joins its users. */
const ROUTER_FIELDS = ['_service', '_entities'];

/** Keeps what is for the router from everybody else. */
export function withRouterFieldsGuarded(schema: GraphQLSchema): GraphQLSchema {
  for (const name of ROUTER_FIELDS) {
    const field = schema.getQueryType()?.getFields()[name];
    if (!field) throw new Error(`the schema has no ${name}`);
    const resolve: GraphQLFieldResolver<unknown, GraphQLContext> = field.resolve ?? defaultFieldResolver;
    field.resolve = (root, args, context: GraphQLContext, info) => {
      if (!context.fromRouter)
        throw new ForbiddenError(
          'NOT_FROM_ROUTER',
          `Only the router may ask for ${name}; it sends its secret in the header ${ROUTER_SECRET_HEADER}.`,
        );
      return resolve(root, args, context, info);
    };
  }
  return schema;
}
