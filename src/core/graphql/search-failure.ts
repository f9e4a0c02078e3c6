import { GraphQLError } from 'graphql';
import { InvalidInputError } from '../errors/errors.js';
import { badArgument } from './page-arguments.js';
import { SearchTooSlowError } from '../management/search-too-slow.error.js';

/** A search that cannot run is a mistake of the client, as an invalid page size is. */
export function toRequestError(error: unknown): never {
  if (error instanceof SearchTooSlowError)
    throw new GraphQLError('The search takes too long. Narrow it.', { extensions: { code: 'OPERATION_TOO_COMPLEX' } });
  if (error instanceof InvalidInputError) throw badArgument(`\`${error.field}\`: ${error.message}`);
  throw error;
}
