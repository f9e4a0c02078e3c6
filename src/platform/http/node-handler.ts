import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FetchHandler, RequestHead } from './fetch-handler.js';

/** A request listener of `node:http`, which is also an Express middleware. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * Lets a handler answer the requests of `node:http`, Express, NestJS, or Fastify (`request.raw`, `reply.raw`).
 * Other requests go to `next`, or get a 404 if there is no `next`. Does not read request bodies.
 * @example app.use(toNodeHandler(auth.handlers.fetch));
 */
export function toNodeHandler(handler: FetchHandler<Response | undefined>): NodeHandler {
  return (request, response, next) => {
    const answer = async (): Promise<void> => {
      const found = await handler(readRequestHead(request));
      if (found) await send(found, response);
      else if (next) next();
      else response.writeHead(404).end();
    };
    answer().catch((error: unknown) => {
      if (next) next(error);
      else response.destroy();
    });
  };
}

/** Uses only the path and the query of the URL: clients control the rest. */
export function readRequestHead({ headers, method = 'GET', url = '/' }: IncomingMessage): RequestHead {
  const parsed = URL.parse(url, 'http://localhost');
  return {
    method,
    url: parsed ? `http://localhost${parsed.pathname}${parsed.search}` : 'http://localhost/',
    headers: { get: (name) => [headers[name.toLowerCase()] ?? null].flat().join(', ') },
  };
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
}
