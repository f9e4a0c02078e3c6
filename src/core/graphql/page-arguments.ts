import { GraphQLError } from 'graphql';
import type { RequestLoaders } from './request-loaders.js';

const MAX_PAGE = 100;
/** Each holds a connection to the database, for two seconds or longer. */
const MAX_SEARCHES = 5;
export const DEFAULT_PAGE = 20;

/** The arguments of a connection cannot be used. Like a value of the wrong type, this is a mistake in the client. */
export function badArgument(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/**
 * Checks the size of a page.
 * @throws GraphQLError `BAD_USER_INPUT`: less than 1 or more than 100
 */
export function requirePageSize(first: number): number {
  if (first < 1 || first > MAX_PAGE) throw badArgument(`\`first\` must be from 1 to ${String(MAX_PAGE)}.`);
  return first;
}

/**
 * Counts a search of a request.
 * @throws GraphQLError `BAD_USER_INPUT`: the request has more than five
 */
export function countSearch(loaders: RequestLoaders): void {
  const searches = loaders.get('searches', () => ({ count: 0 }));
  searches.count += 1;
  if (searches.count > MAX_SEARCHES) throw badArgument(`Ask for at most ${String(MAX_SEARCHES)} searches and counts.`);
}
