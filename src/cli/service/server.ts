import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import {
  CONNECTION_LIMITS,
  keepAddresses,
  limitConnections,
  serverLimits,
  type ConnectionLimits,
} from '../../platform/http/connection-limits.js';
import type { ApolloOptions } from '../../core/graphql/apollo-options.js';
import { Draining } from '../../platform/http/draining.js';
import { addGraphQLRoute } from './graphql-route.js';
import { addPublicationRoutes } from './publication-routes.js';
import { watchRoutes } from '../../platform/http/allowed-methods.js';
import { answerClientError, answerHttpError, refuseTunnel } from '../../platform/http/http-errors.js';
import { parseJson } from '../../platform/http/request-body.js';
import { createSecurityHeaders } from '../../platform/http/security-headers.js';
import { problemOf } from '../../platform/http/request-check.js';
import type { AuthSubgraph } from '../../subgraph.js';

/** Enough for a thousand entity representations; a form needs a hundredth of that. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** More than Node.js reads. */
const MAX_PATH_LENGTH = 64 * 1024;
/** Compiling takes longer than interpreting a few times, and documents with values written into them are used once. */
const COMPILE_AFTER_USES = 10;

export interface ServerOptions {
  /** The number of proxies before the service that append to X-Forwarded-For; 0 trusts none. */
  readonly trustedHops: number;
  readonly logger?: FastifyBaseLogger;
  /** How often a document is interpreted before it is compiled; `Infinity` never compiles. */
  readonly compileAfterUses?: number;
  readonly limits?: Partial<ConnectionLimits>;
  /** Lets the caller fail the readiness check before closing the server. */
  readonly draining?: Draining;
  /** Serves this schema instead of that for the gateway. */
  readonly apolloOptions?: ApolloOptions;
  /** Adds further routes, such as those of pages. */
  readonly addRoutes?: (app: FastifyInstance) => void;
}

/**
 * Creates the HTTP server of the subgraph, not yet listening: `/graphql`, `/health/…`, `/.well-known/jwks.json` and
 * `/revocations`.
 */
export async function createServer(auth: AuthSubgraph, options: ServerOptions): Promise<FastifyInstance> {
  const { compileAfterUses = COMPILE_AFTER_USES, draining = new Draining() } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const { http, ...timeouts } = serverLimits(limits);
  const app = Fastify({
    ...timeouts,
    bodyLimit: BODY_LIMIT_BYTES,
    return503OnClosing: false,
    // Fastify would respond to a longer path with 414 instead of 404.
    routerOptions: { maxParamLength: MAX_PATH_LENGTH },
    // A logger for each request is expensive, and errors have their own ids.
    childLoggerFactory: (logger) => logger,
    trustProxy: (_address, hop) => hop < options.trustedHops,
    logController: new LogController({ disableRequestLogging: true }),
    // Node.js would send a response without a body; problemOf reports what is missing.
    http: { ...http, requireHostHeader: false },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: answerHttpError,
    clientErrorHandler: answerClientError,
    ...(options.logger && { loggerInstance: options.logger }),
  });
  app.setErrorHandler(answerHttpError);
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, parseJson(request, body));
  });
  app.server.on('connect', refuseTunnel);
  // Node.js would send 417 without a body and without the headers below. RFC 9110 §10.1.1 allows to ignore the header.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  limitConnections(app, limits.maxConnections);
  keepAddresses(app.server);
  draining.attach(app);
  // Responses contain tokens and private data. RFC 6749 §5.1.
  const headers = { ...createSecurityHeaders(), 'cache-control': 'no-store' };
  const allowedMethods = watchRoutes(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    done(problemOf(request, reply, allowedMethods));
  });
  addHealthRoutes(app, auth, draining);
  addPublicationRoutes(app, auth);
  const { apolloOptions = auth.apolloOptions, trustedHops } = options;
  await addGraphQLRoute(app, auth, { apolloOptions, compileAfterUses, trustedHops });
  options.addRoutes?.(app);
  return app;
}

/** Replaces Fastify's schema compilers, which take time and memory to load although no route has a schema. */
function noSchemas(): never {
  throw new Error('no route has a schema');
}

function addHealthRoutes(app: FastifyInstance, auth: AuthSubgraph, draining: Draining): void {
  app.get('/health/live', (_request, reply) => {
    const live = auth.isLive();
    return reply.code(live ? 200 : 503).send({ status: live ? 'ok' : 'every database connection is stuck' });
  });
  app.get('/health/ready', async (_request, reply) => {
    const status = draining.begun ? 'draining' : await auth.readiness();
    return reply.code(status === 'ok' ? 200 : 503).send({ status });
  });
}
