import { getNamedType, isUnionType, type GraphQLFieldResolver, type GraphQLOutputType } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { DomainError } from '../errors/errors.js';

/**
 * Returns a thrown domain error as data if it is a member of the field's result union. Any other error is rethrown.
 */
export function errorsAsData(
  resolve: GraphQLFieldResolver<unknown, GraphQLContext>,
): GraphQLFieldResolver<unknown, GraphQLContext> {
  return async (root, args, context, info) => {
    try {
      return await resolve(root, args, context, info);
    } catch (error) {
      if (error instanceof DomainError && hasMember(info.returnType, error.name)) return toData(error);
      throw error;
    }
  };
}

function hasMember(type: GraphQLOutputType, name: string): boolean {
  const named = getNamedType(type);
  return isUnionType(named) && named.getTypes().some((member) => member.name === name);
}

/** graphql-js throws an `Error` that a resolver returns, so its fields are copied to a plain object. */
function toData(error: DomainError): object {
  return { ...Object.fromEntries(Object.entries(error)), __typename: error.name, message: error.message };
}
