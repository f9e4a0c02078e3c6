import type { Logger } from '../logger.js';
import { isDatabaseUnavailable, RETRY_AFTER_SECONDS, UNAVAILABLE_MESSAGE } from '../database/unavailable-error.js';
import { newErrorId } from '../random.js';
import { describeUnexpected, errorBody } from './http-errors.js';

/** The parts of a request that a handler reads. Every Fetch API `Request` has them. */
export interface RequestHead {
  readonly method: string;
  /** The absolute URL. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** Handles a Fetch API request, independently of the HTTP server. */
export type FetchHandler<Answer = Response> = (request: RequestHead) => Promise<Answer>;

interface Problem {
  readonly code?: string;
  readonly errorId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error response in GraphQL format that must not be cached. */
export function errorResponse(
  status: number,
  message: string,
  { code = 'BAD_REQUEST', errorId, headers }: Problem = {},
): Response {
  return Response.json(errorBody(message, code, errorId), {
    status,
    headers: { 'cache-control': 'no-store', ...headers },
  });
}

/** @see RFC 9110 §15.5.6 */
export function methodNotAllowed(...allowed: readonly string[]): Response {
  const message = `The method is not supported here; use ${allowed.join(' or ')}.`;
  return errorResponse(405, message, { headers: { allow: allowed.join(', ') } });
}

export interface FailureReport {
  readonly logger: Logger;
  readonly metrics: { error(code: 'INTERNAL_SERVER_ERROR' | 'SERVICE_UNAVAILABLE'): void };
}

/** Also handles failures of the handler: 503 if the database is unavailable; anything else is logged and masked. */
export function withFailuresAnswered(handler: FetchHandler, { logger, metrics }: FailureReport): FetchHandler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (isDatabaseUnavailable(error)) {
        metrics.error('SERVICE_UNAVAILABLE');
        return errorResponse(503, UNAVAILABLE_MESSAGE, {
          code: 'SERVICE_UNAVAILABLE',
          headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
        });
      }
      metrics.error('INTERNAL_SERVER_ERROR');
      const errorId = newErrorId();
      logger.error({ errorId, ...describeUnexpected(error) }, 'unexpected error');
      return errorResponse(500, 'Internal server error', { code: 'INTERNAL_SERVER_ERROR', errorId });
    }
  };
}
