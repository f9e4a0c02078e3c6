import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { JWKS_PATH, REVOCATIONS_PATH } from '../../core/publications/handlers.js';
import type { FetchHandler } from '../../platform/http/fetch-handler.js';
import { readRequestHead } from '../../platform/http/node-handler.js';
import type { AuthSubgraph } from '../../subgraph.js';

/** The endpoints that verifiers in other subgraphs fetch. Other methods are rejected, as on every route. */
export function addPublicationRoutes(app: FastifyInstance, { handlers }: AuthSubgraph): void {
  app.route({ method: ['GET', 'HEAD', 'OPTIONS'], url: JWKS_PATH, handler: answerWith(handlers.jwks) });
  app.route({ method: ['GET', 'HEAD'], url: REVOCATIONS_PATH, handler: answerWith(handlers.revocations) });
}

function answerWith(handler: FetchHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    reply.send(await handler(readRequestHead(request.raw)));
}
