import { defaultFieldResolver, type GraphQLField, type GraphQLSchema } from 'graphql';
import { createParameterDecorator, Extensions, type AuthChecker } from 'type-graphql';
import { PUBLIC } from './public-mark.js';
import { guarded, requireGranted, requireViewer } from './resolvers.js';
import type { ViewerContext } from './viewer-context.js';

type Field = GraphQLField<unknown, ViewerContext>;

/** Makes a root field public. Without it a root field requires a signed-in viewer. */
export function Public(): MethodDecorator {
  return Extensions({ [PUBLIC]: true });
}

/**
 * Injects the signed-in viewer into a resolver: an `AuthenticatedViewer`.
 * @throws UnauthenticatedError no user is signed in, which is possible in fields marked `@Public()`
 */
export function CurrentUser(): ParameterDecorator {
  return createParameterDecorator<ViewerContext>(({ context }) => requireViewer(context)) as ParameterDecorator;
}

/**
 * Implements `@Authorized('posts:write')`: the access token must grant all scopes. `@Authorized()` requires a signed-in
 * viewer. Pass it to `buildSchema({ authChecker })`.
 * @throws UnauthenticatedError no user is signed in
 * @throws ForbiddenError a scope is missing
 */
export const authChecker: AuthChecker<ViewerContext> = ({ context }, scopes) => {
  requireGranted(context, scopes);
  return true;
};

/**
 * Denies access by default: modifies the schema so that every root field requires a signed-in viewer, except those
 * marked `@Public()`. Pass the result of `buildSchema`, before `createResolversMap`: the federation conversion drops
 * the marks.
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
