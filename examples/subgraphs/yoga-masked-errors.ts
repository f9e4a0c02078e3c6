import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { GraphQLError } from 'graphql';
import { maskError, type MaskError } from 'graphql-yoga';

/** Shows clients why they are rejected, and masks every other error as Yoga does. */
export const maskAllButRefusals: MaskError = (error, message, isDev) =>
  error instanceof GraphQLError && isRefusal(error.originalError)
    ? asExpected(error)
    : maskError(error, message, isDev);

/** Drops the original error, because Yoga would answer a refused subscription with HTTP 500. */
function asExpected({ message, nodes, path, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions });
}

function isRefusal(error: unknown): boolean {
  return error instanceof UnauthenticatedError || error instanceof ForbiddenError;
}
