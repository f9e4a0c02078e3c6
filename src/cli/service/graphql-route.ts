import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApolloOptions } from '../../core/graphql/apollo-options.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { inTraceOf, registeredTracer } from '../../core/observability/opentelemetry-tracing.js';
import { CompiledExecution } from '../../platform/graphql/compiled-execution.js';
import { createGraphQLHandler } from './graphql-handler.js';
import { sendLandingPage } from './landing-page.js';
import { HttpError } from '../../platform/http/http-errors.js';
import { decompressBody } from '../../platform/http/request-body.js';
import type { AuthSubgraph } from '../../subgraph.js';

interface GraphQLRouteOptions {
  readonly apolloOptions: ApolloOptions;
  readonly compileAfterUses: number;
  readonly trustedHops: number;
}

/** Adds `/graphql`: Apollo Server behind Fastify, with a page for browsers in development. */
export async function addGraphQLRoute(
  app: FastifyInstance,
  auth: AuthSubgraph,
  { apolloOptions, compileAfterUses, trustedHops }: GraphQLRouteOptions,
): Promise<void> {
  const compiled = new CompiledExecution(apolloOptions.formatError, compileAfterUses);
  const apollo = await startApollo(apolloOptions, compiled, app.log);
  // By then Fastify has answered every request in progress.
  app.addHook('onClose', () => apollo.stop());
  const warn = trustedHops === 0 ? warnOfIgnoredAddresses(app.log) : undefined;
  const answer = createGraphQLHandler(apollo, compiled, (request, reply) => {
    const fromRouter = auth.isFromRouter(request.headers);
    if (warn && fromRouter && request.headers['x-forwarded-for'] !== undefined) warn();
    return contextOf(auth, request, reply, fromRouter);
  });
  const traced: typeof answer = registeredTracer()
    ? (request, reply) => answerInTrace(auth, request, () => answer(request, reply))
    : answer;
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preParsing: decompressBody,
    handler: (request, reply) => (asksForPage(request) ? answerPage(auth, reply) : traced(request, reply)),
  });
}

/**
 * Continues the trace of the gateway. If it has a secret, nobody else chooses the trace of a request: not even through the
 * HTTP instrumentation of OpenTelemetry, which has read the headers already.
 */
function answerInTrace<T>(auth: AuthSubgraph, { headers }: FastifyRequest, answer: () => T): T {
  return auth.isFromRouter(headers) ? inTraceOf(headers, answer) : context.with(ROOT_CONTEXT, answer);
}

async function startApollo(
  options: ApolloOptions,
  compiled: CompiledExecution,
  log: FastifyBaseLogger,
): Promise<ApolloServer<GraphQLContext>> {
  const apollo = new ApolloServer<GraphQLContext>({
    ...options,
    plugins: [...options.plugins, ...withoutReports(), compiled.plugin],
    logger: toApolloLogger(log),
    stopOnTerminationSignals: false,
    persistedQueries: false,
  });
  await apollo.start();
  return apollo;
}

/** Apollo Server would read the variables of Apollo's registry, which are meant for a router in the same environment. */
function withoutReports(): ApolloServerPlugin<GraphQLContext>[] {
  return [ApolloServerPluginSchemaReportingDisabled(), ApolloServerPluginUsageReportingDisabled()];
}

function contextOf(
  auth: AuthSubgraph,
  { headers, ip, socket }: FastifyRequest,
  reply: FastifyReply,
  fromRouter: boolean,
): GraphQLContext {
  return auth.context({
    headers,
    ip: fromRouter ? ip : socket.remoteAddress,
    connection: socket,
    // Fastify would add a second header.
    setCookie: (cookie) => void reply.removeHeader('set-cookie').header('set-cookie', cookie),
  });
}

/** Warns once that all clients behind the proxy share one address. */
function warnOfIgnoredAddresses(log: FastifyBaseLogger): () => void {
  let warned = false;
  return () => {
    if (warned) return;
    warned = true;
    log.warn(
      'requests carry X-Forwarded-For, but TRUSTED_HOPS is 0: all clients of a proxy count as one address. Set TRUSTED_HOPS to the number of proxies in front of the service',
    );
  };
}

function asksForPage({ headers, method, query }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true && !('query' in (query as object));
}

function answerPage({ config }: AuthSubgraph, reply: FastifyReply): FastifyReply {
  if (config.environment === 'production') throw new HttpError(404, 'There is no page here. Send GraphQL with POST.');
  return sendLandingPage(reply, config);
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
