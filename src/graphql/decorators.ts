import { createParameterDecorator } from 'type-graphql';
import { UnauthenticatedError } from '../kernel/errors.js';
import type { GraphQLContext } from './context.js';
import { unauthenticatedReason, type AuthenticatedViewer } from './viewer.js';

export { Public } from '../verifier/type-graphql.js';

/**
 * Hands a resolver the signed-in user's ids: the user (`sub`) and the session (`sid`), and nothing that is secret.
 * @throws UnauthenticatedError nobody is signed in, as can only happen on a field marked `@Public()`
 */
export function CurrentUser(): ParameterDecorator {
  return createParameterDecorator<GraphQLContext>(({ context }) => requireViewer(context)) as ParameterDecorator;
}

/** The signed-in viewer. @throws UnauthenticatedError nobody is signed in */
export function requireViewer({ viewer }: GraphQLContext): AuthenticatedViewer {
  if (viewer.kind !== 'authenticated') throw new UnauthenticatedError(unauthenticatedReason(viewer));
  return viewer;
}
