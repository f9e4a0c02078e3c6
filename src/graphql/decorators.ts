import { createParameterDecorator, Extensions } from 'type-graphql';
import { UnauthenticatedError } from '../kernel/errors.js';
import type { GraphQLContext } from './context.js';
import { unauthenticatedReason, type AuthenticatedViewer } from './viewer.js';

/** The extension by which the guard knows a public field. */
export const PUBLIC = 'public';

/** Opens a root field to everybody. Without it a root field needs a signed-in user. */
export function Public(): MethodDecorator {
  return Extensions({ [PUBLIC]: true });
}

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
