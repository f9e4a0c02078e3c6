import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { GraphQLError } from 'graphql';
import { maskError, type MaskError } from 'graphql-yoga';

/** Shows clients why they are rejected, and masks every other error as Yoga does. */
export const maskAllButRefusals: MaskError = (error, message, isDev) =>
  error instanceof GraphQLError && isRefusal(error.originalError) ? error : maskError(error, message, isDev);

function isRefusal(error: unknown): boolean {
  return error instanceof UnauthenticatedError || error instanceof ForbiddenError;
}
