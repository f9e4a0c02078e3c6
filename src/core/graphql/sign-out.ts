import type { GraphQLFieldResolver } from 'graphql';
import { Extensions } from 'type-graphql';
import type { GraphQLContext } from './context.js';

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;

export const SIGNS_OUT = 'auth-subgraph:signs-out';

/** Marks a root field that signs the browser out, even if the guard rejects the caller. */
export function SignsOut(): MethodDecorator {
  return Extensions({ [SIGNS_OUT]: true });
}

/** Clears the refresh cookie after a field that signs out. Wraps the guard, which rejects an expired token. */
export function signingOut(resolve: Resolver): Resolver {
  return async (root, args, context, info) =>
    context.refreshCookie.forgetAfter(async () => await resolve(root, args, context, info));
}
