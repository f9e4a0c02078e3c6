import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServer, type ApolloServerOptions } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import helmet from '@fastify/helmet';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { systemClock } from './kernel/clock.js';
import { framesOf } from './kernel/logger.js';
import { systemRandom, uuidV7 } from './kernel/random.js';
import { isDatabaseUnavailable, RETRY_AFTER_SECONDS, UNAVAILABLE_MESSAGE } from './kernel/unavailable-error.js';
import type { GraphQLContext } from './graphql/context.js';
import type { AuthSubgraph } from './subgraph.js';
import { addWellKnownRoutes } from './well-known-routes.js';

/** Room for a thousand representations; a form needs a hundredth of it. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** How long requests that are under way may take once the service is told to stop. */
const DRAIN_MS = 7_000;

export interface ServerOptions {
  /** How many proxies before the service add to X-Forwarded-For; 0 trusts none. */
  readonly trustedHops: number;
  readonly logger?: FastifyBaseLogger;
}

/** The HTTP server of the subgraph: `/graphql`, `/health/…` and `/.well-known/…`. Not listening yet. */
export async function createServer(auth: AuthSubgraph, options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    genReqId: () => uuidV7(systemClock.now(), systemRandom),
    trustProxy: (_address, hop) => hop < options.trustedHops,
    logController: new LogController({ disableRequestLogging: true }),
    ...(options.logger && { loggerInstance: options.logger }),
  });
  app.setErrorHandler(answerHttpError);
  closeConnectionsWhileDraining(app);
  app.addHook('onRequest', (_request, reply, done) => {
    // Answers hold tokens and what is private. RFC 6749 §5.1.
    void reply.header('cache-control', 'no-store');
    done();
  });
  await app.register(helmet);
  addHealthRoutes(app, auth);
  addWellKnownRoutes(app, auth);
  const apollo = new ApolloServer<GraphQLContext>({
    ...auth.apolloOptions,
    logger: toApolloLogger(app.log),
    // Either would put a wrapper around every field of every request; nothing here may be cached or traced by strangers.
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginCacheControlDisabled()],
    stopOnTerminationSignals: false,
    persistedQueries: false,
  });
  await apollo.start();
  // By then Fastify has answered every request that was under way.
  app.addHook('onClose', () => apollo.stop());
  await app.register(fastifyApollo(apollo), {
    context: ({ headers, ip, socket }, reply) =>
      Promise.resolve(
        auth.context({
          headers,
          ip: auth.isFromRouter(headers) ? ip : socket.remoteAddress,
          // Fastify would add another header to one that is there.
          setCookie: (cookie) => void reply.removeHeader('set-cookie').header('set-cookie', cookie),
        }),
      ),
  });
  return app;
}

/** Apollo Server says at start what it does; that is for debugging. */
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

/** The texts of HTTP errors that quote the request are replaced: a body may hold a password. */
function answerHttpError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isDatabaseUnavailable(error))
    return reply
      .code(503)
      .header('retry-after', RETRY_AFTER_SECONDS)
      .send(errorBody(UNAVAILABLE_MESSAGE, 'SERVICE_UNAVAILABLE'));
  const status = error.statusCode ?? 500;
  if (status < 500)
    return reply.code(status).send(errorBody(HTTP_MESSAGES.get(status) ?? 'Bad request', 'BAD_REQUEST'));
  request.log.error(
    { errorId: request.id, error: error.name, code: error.code, frames: framesOf(error) },
    'unexpected error',
  );
  return reply.code(status).send(errorBody('Internal server error', 'INTERNAL_SERVER_ERROR', request.id));
}

function errorBody(message: string, code: string, errorId?: string): object {
  return { errors: [{ message, extensions: { code, ...(errorId !== undefined && { errorId }) } }] };
}

const HTTP_MESSAGES: ReadonlyMap<number, string> = new Map([
  [400, 'The request body is not valid JSON.'],
  [413, 'The request body is too large.'],
  [415, 'The request body must be application/json.'],
]);

/**
 * A connection must not hold the shutdown up: one that is kept alive is told to close with its next answer, one that has
 * said nothing yet is cut at once, and one whose request does not end is cut when the time is over.
 */
function closeConnectionsWhileDraining(app: FastifyInstance): void {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  let draining = false;
  app.addHook('preClose', (done) => {
    draining = true;
    for (const socket of silent) socket.destroy();
    setTimeout(() => {
      app.server.closeAllConnections();
    }, DRAIN_MS).unref();
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) void reply.header('connection', 'close');
    done();
  });
}

function addHealthRoutes(app: FastifyInstance, auth: AuthSubgraph): void {
  app.get('/health/live', (_request, reply) => {
    const live = auth.isLive();
    return reply.code(live ? 200 : 503).send({ status: live ? 'ok' : 'no database connection comes back' });
  });
  app.get('/health/ready', async (_request, reply) => {
    const ready = await auth.isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'database unreachable' });
  });
}
