import { Readable } from 'node:stream';
import { HeaderMap, type ApolloServer, type GraphQLRequest, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FormattedExecutionResult } from 'graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import type { CompiledExecution } from '../../platform/graphql/compiled-execution.js';
import { HttpError } from '../../platform/http/http-errors.js';
import { MAX_CHARACTERS } from '../../platform/graphql/operation-limits.js';
import { chooseMediaType, GRAPHQL_JSON_TYPE, JSON_TYPE, type MediaType } from '../../platform/graphql/media-type.js';

/** Clients send few different Accept headers. The limit keeps made-up ones from filling the memory. */
const MAX_REMEMBERED_TYPES = 100;

/** What Apollo Server is told about a request: only the accepted media type, which decides the status of the response. */
const REQUEST_HEADS: Readonly<Record<MediaType, HTTPGraphQLRequest>> = {
  [JSON_TYPE]: headOf(JSON_TYPE),
  [GRAPHQL_JSON_TYPE]: headOf(GRAPHQL_JSON_TYPE),
};

function headOf(accept: MediaType): HTTPGraphQLRequest {
  return { method: 'POST', headers: new HeaderMap([['accept', accept]]), search: '', body: undefined };
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/**
 * Passes requests to Apollo Server. A POST with one GraphQL request as JSON, as nearly all are, skips its HTTP handling. If
 * the document is compiled, the request skips Apollo Server, which has validated the document before. Resolvers and error
 * masking are the same.
 */
export function createGraphQLHandler(
  apollo: ApolloServer<GraphQLContext>,
  compiled: CompiledExecution,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => GraphQLContext,
): Handler {
  const mediaTypeOf = createMediaTypeChooser();
  return async (request, reply) => {
    const graphQLRequest = request.method === 'POST' ? readGraphQLRequest(request.body) : undefined;
    const mediaType = graphQLRequest && mediaTypeOf(request.headers.accept);
    if (!graphQLRequest || mediaType === undefined) return answerHttp(apollo, contextOf, request, reply);
    const contextValue = contextOf(request, reply);
    const result = await compiled.execute(graphQLRequest, contextValue);
    if (result) return sendResult(reply, mediaType, result);
    const { http, body } = await apollo.executeOperation(
      { ...graphQLRequest, http: REQUEST_HEADS[mediaType] },
      { contextValue },
    );
    if (body.kind !== 'single') throw new Error('incremental delivery is not supported');
    for (const [name, value] of http.headers) void reply.header(name, value);
    return sendResult(reply.code(http.status ?? 200), mediaType, body.singleResult);
  };
}

function sendResult(reply: FastifyReply, mediaType: MediaType, result: FormattedExecutionResult): FastifyReply {
  const { errors, data, extensions } = result;
  return reply.header('content-type', mediaType).send(`${JSON.stringify({ errors, data, extensions })}\n`);
}

async function answerHttp(
  apollo: ApolloServer<GraphQLContext>,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => GraphQLContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const {
    status = 200,
    headers,
    body,
  } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toHttpRequest(request),
    context: () => Promise.resolve(contextOf(request, reply)),
  });
  for (const [name, value] of headers) void reply.header(name, value);
  return reply.code(status).send(body.kind === 'complete' ? body.string : Readable.from(body.asyncIterator));
}

/** Reads only the query string: clients control the rest of the URL. */
function toHttpRequest({ body, headers, method, url }: FastifyRequest): HTTPGraphQLRequest {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  const isPost = method === 'POST';
  // Apollo Server rejects requests that a page of another site could send. With GET these are harmless: they can only run
  // queries, and without an access token the caller is anonymous, because queries do not read cookies.
  if (!isPost) map.set('apollo-require-preflight', 'true');
  // Fastify answers HEAD like GET, without the body.
  return { body, method: isPost ? 'POST' : 'GET', headers: map, search: /\?[^#]*/.exec(url)?.[0] ?? '' };
}

/**
 * The GraphQL request in a body, or `undefined` if the body is anything else. Only the JSON parser makes objects, so pages
 * of other sites cannot send the request without a preflight.
 */
function readGraphQLRequest(body: unknown): GraphQLRequest | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query === 'string' && query.length > MAX_CHARACTERS)
    throw new HttpError(413, `The query has more than ${String(MAX_CHARACTERS)} characters.`);
  if (typeof query !== 'string' || !(operationName == null || typeof operationName === 'string')) return undefined;
  if (!(variables == null || isRecord(variables)) || !(extensions == null || isRecord(extensions))) return undefined;
  return {
    query,
    ...(operationName != null && { operationName }),
    ...(variables && { variables }),
    ...(extensions && { extensions }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Chooses the media type, and caches the result for each Accept header. */
function createMediaTypeChooser(): typeof chooseMediaType {
  const known = new Map<string | undefined, MediaType | undefined>();
  return (accept) => {
    if (known.has(accept)) return known.get(accept);
    const mediaType = chooseMediaType(accept);
    if (known.size < MAX_REMEMBERED_TYPES) known.set(accept, mediaType);
    return mediaType;
  };
}
