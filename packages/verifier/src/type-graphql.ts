import { defaultFieldResolver, type GraphQLField, type GraphQLSchema } from 'graphql';
import { createParameterDecorator, Extensions, type AuthChecker } from 'type-graphql';
import { PUBLIC } from './public-mark.js';
import { guarded, requireScopes, requireViewer } from './resolvers.js';
import type { ViewerContext } from './viewer-context.js';

type Field = GraphQLField<unknown, ViewerContext>;

/** Opens a root field to everybody. Without it a root field needs a signed-in viewer. */
export function Public(): MethodDecorator {
  return Extensions({ [PUBLIC]: true });
}

/**
 * Hands a resolver the signed-in viewer: an `AuthenticatedViewer`.
 * @throws UnauthenticatedError nobody is signed in, as can happen on a field marked `@Public()`
 */
export function CurrentUser(): ParameterDecorator {
  return createParameterDecorator<ViewerContext>(({ context }) => requireViewer(context)) as ParameterDecorator;
}

/**
 * Decides on `@Authorized('posts:write')`: the access token must grant every scope. `@Authorized()` needs a signed-in
 * viewer. Pass it to `buildSchema({ authChecker })`.
 * @throws UnauthenticatedError nobody is signed in
 * @throws ForbiddenError a scope is missing
 */
export const authChecker: AuthChecker<ViewerContext> = ({ context }, scopes) => {
  requireScopes(context, ...scopes);
  return true;
};

/**
 * Denies by default: changes the schema, so that every root field but those marked `@Public()` needs a signed-in viewer.
 * Give it what `buildSchema` made, before `createResolversMap`: the marks do not outlive federation.
 */
export function protectSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const field of Object.values<Field>(root?.getFields() ?? {}))
      if (field.extensions[PUBLIC] !== true) guardField(field);
  return schema;
}

function guardField(field: Field): void {
  field.resolve = guarded(field.resolve ?? defaultFieldResolver);
  if (field.subscribe) field.subscribe = guarded(field.subscribe);
}
