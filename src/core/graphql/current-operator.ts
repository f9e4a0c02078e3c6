import { requireScopes } from '@auth-subgraph/verifier';
import { createParameterDecorator } from 'type-graphql';
import { operatorOf } from '../management/operator.js';
import type { GraphQLContext } from './context.js';

/**
 * Injects the operator into a resolver of a field with `@OperatorScopes()`: a user or a service account.
 * @throws UnauthenticatedError the caller is neither
 */
export function CurrentOperator(): ParameterDecorator {
  return createParameterDecorator<GraphQLContext>(({ context }) =>
    operatorOf(requireScopes(context, { services: true })),
  ) as ParameterDecorator;
}
