import Negotiator from 'negotiator';

/** The media types of a response, in the order of preference. @see GraphQL over HTTP §4.1 */
export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_JSON_TYPE = 'application/graphql-response+json; charset=utf-8';
export type MediaType = typeof JSON_TYPE | typeof GRAPHQL_JSON_TYPE;

/** Chooses the media type of a response by the Accept header; `undefined` if the client accepts neither. */
export function chooseMediaType(accept: string | undefined): MediaType | undefined {
  if (accept === undefined) return JSON_TYPE;
  return new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_JSON_TYPE]) as MediaType | undefined;
}
