import { GraphQLError } from 'graphql';
import type { RequestLoaders } from './request-loaders.js';

const MAX_PAGE = 100;
/** Each search of a request takes a connection to the database, and each page of events is a statement. */
const MAX_PER_REQUEST = 5;
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
  countDistinct(loaders, 'searches', Symbol(), 'searches and counts');
}

/**
 * Counts a page of security events, once for the same key.
 * @throws GraphQLError `BAD_USER_INPUT`: the request has more than five pages of this kind
 */
export function countEventPage(loaders: RequestLoaders, kind: string, key: string): void {
  countDistinct(loaders, kind, key, 'pages of `securityEvents`');
}

function countDistinct(loaders: RequestLoaders, kind: string, key: unknown, things: string): void {
  const keys = loaders.get(kind, () => new Set<unknown>()).add(key);
  if (keys.size > MAX_PER_REQUEST) throw badArgument(`Ask for at most ${String(MAX_PER_REQUEST)} ${things}.`);
}
