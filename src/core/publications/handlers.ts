import type { PublicJwk } from '@auth-subgraph/verifier';
import { withFailuresAnswered, type FailureReport, type FetchHandler } from '../../platform/http/fetch-handler.js';
import type { Revocations } from '../sessions/revocation-feed.service.js';
import { createJwksHandler } from './jwks-handler.js';
import { createRevocationsHandler } from './revocations-handler.js';

/**
 * Where OAuth servers publish their keys by convention. The name is not registered (RFC 8615 §3.1), so gateways and
 * verifiers are configured with the whole URL.
 */
export const JWKS_PATH = '/.well-known/jwks.json';
/** Verifiers resolve `../revocations` relative to the URL of the keys. */
export const REVOCATIONS_PATH = '/revocations';

/**
 * Handlers for your own HTTP server, for what verifiers in other subgraphs fetch. Each takes a `Request` of the fetch API
 * and returns a `Response`; none rejects. `toNodeHandler` adapts one to `node:http`, Express or Fastify.
 */
export interface AuthHandlers {
  /** Serves the public keys. Mount it at `/.well-known/jwks.json`. */
  readonly jwks: FetchHandler;
  /** Serves the revocation feed. Mount it at `/revocations`. It is for servers only and sets no CORS headers. */
  readonly revocations: FetchHandler;
  /**
   * Serves both at their paths; returns `undefined` for any other path.
   * @example const response = (await auth.handlers.fetch(request)) ?? new Response(null, { status: 404 });
   */
  readonly fetch: FetchHandler<Response | undefined>;
}

export interface HandlerSources extends FailureReport {
  readonly publicKeys: () => readonly PublicJwk[];
  readonly revocations: (cursor: number) => Promise<Revocations>;
}

export function createHandlers(sources: HandlerSources): AuthHandlers {
  const jwks = withFailuresAnswered(createJwksHandler(sources.publicKeys), sources);
  const revocations = withFailuresAnswered(createRevocationsHandler(sources.revocations), sources);
  const byPath = new Map([
    [JWKS_PATH, jwks],
    [REVOCATIONS_PATH, revocations],
  ]);
  return {
    jwks,
    revocations,
    fetch: async (request) => byPath.get(new URL(request.url, 'http://localhost').pathname)?.(request),
  };
}
