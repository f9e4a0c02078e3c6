import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { GraphQLContext } from './context.js';
import { PUBLIC, requireViewer } from './decorators.js';

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
