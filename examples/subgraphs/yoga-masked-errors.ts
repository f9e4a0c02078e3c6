import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { GraphQLError } from 'graphql';
import { maskError, type MaskError } from 'graphql-yoga';

/** Shows clients why they are rejected, and masks every other error as Yoga does. */
export const maskAllButRefusals: MaskError = (error, message, isDev) =>
  error instanceof GraphQLError && isRefusal(error.originalError)
    ? asExpected(error)
    : maskError(error, message, isDev);

/** Without its original error. Otherwise Yoga answers a refused subscription with the status 500. */
function asExpected({ message, nodes, path, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions });
}

function isRefusal(error: unknown): boolean {
  return error instanceof UnauthenticatedError || error instanceof ForbiddenError;
}
