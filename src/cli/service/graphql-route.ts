import { Readable } from 'node:stream';
import { ApolloServer, HeaderMap, type ApolloServerOptions, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { landingPage, LANDING_PAGE_POLICY } from './landing-page.js';
import { HttpError } from '../../platform/http/http-errors.js';
import { decompressBody } from '../../platform/http/request-body.js';
import type { AuthSubgraph } from '../../subgraph.js';

/** Adds `/graphql`: Apollo Server behind Fastify, with a page for browsers in development. */
export async function addGraphQLRoute(app: FastifyInstance, auth: AuthSubgraph): Promise<void> {
  const apollo = await startApollo(auth, app.log);
  // By then Fastify has answered every request in progress.
  app.addHook('onClose', () => apollo.stop());
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preParsing: decompressBody,
    handler: async (request, reply) => {
      if (asksForPage(request)) return answerPage(auth, reply);
      const {
        status = 200,
        headers,
        body,
      } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toGraphQLRequest(request),
        context: () => Promise.resolve(contextOf(auth, request, reply)),
      });
      for (const [name, value] of headers) void reply.header(name, value);
      return reply.code(status).send(body.kind === 'complete' ? body.string : Readable.from(body.asyncIterator));
    },
  });
}

async function startApollo(auth: AuthSubgraph, log: FastifyBaseLogger): Promise<ApolloServer<GraphQLContext>> {
  const apollo = new ApolloServer<GraphQLContext>({
    ...auth.apolloOptions,
    logger: toApolloLogger(log),
    stopOnTerminationSignals: false,
    persistedQueries: false,
  });
  await apollo.start();
  return apollo;
}

function contextOf(auth: AuthSubgraph, { headers, ip, socket }: FastifyRequest, reply: FastifyReply): GraphQLContext {
  return auth.context({
    headers,
    ip: auth.isFromRouter(headers) ? ip : socket.remoteAddress,
    // Fastify would add a second header.
    setCookie: (cookie) => void reply.removeHeader('set-cookie').header('set-cookie', cookie),
  });
}

/** Reads only the query string: clients control the rest of the URL. */
function toGraphQLRequest({ body, headers, method, url }: FastifyRequest): HTTPGraphQLRequest {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return { body, method, headers: map, search: /\?[^#]*/.exec(url)?.[0] ?? '' };
}

function asksForPage({ headers, method, query }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true && !('query' in (query as object));
}

function answerPage({ config }: AuthSubgraph, reply: FastifyReply): FastifyReply {
  if (config.environment === 'production') throw new HttpError(404, 'There is no page here. Send GraphQL with POST.');
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', LANDING_PAGE_POLICY)
    .send(landingPage(config));
}

/** Apollo Server's startup messages are only useful for debugging. */
function toApolloLogger(log: FastifyBaseLogger): NonNullable<ApolloServerOptions<GraphQLContext>['logger']> {
  return {
    debug: (message: string) => {
      log.debug(message);
    },
    info: (message: string) => {
      log.debug(message);
    },
    warn: (message: string) => {
      log.warn(message);
    },
    error: (message: string) => {
      log.error(message);
    },
  };
}
