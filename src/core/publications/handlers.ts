import type { PublicJwk } from '@auth-subgraph/verifier';
import { withFailuresAnswered, type FailureReport, type FetchHandler } from '../../platform/http/fetch-handler.js';
import type { Revocations } from '../sessions/revocation-feed.service.js';
import { createJwksHandler } from './jwks-handler.js';
import { createRevocationsHandler } from './revocations-handler.js';

/**
 * Where OAuth servers publish their keys by convention. The name is not registered (RFC 8615 §3.1), so nobody finds the
 * keys by it alone: gateways and verifiers are given the whole URL.
 */
export const JWKS_PATH = '/.well-known/jwks.json';
/** Verifiers look for it next to the folder of the keys: `../revocations` as seen from their URL. */
export const REVOCATIONS_PATH = '/revocations';

/**
 * What verifiers in other subgraphs fetch, for an HTTP server of your own. Each handler takes a `Request` of the fetch API
 * and returns a `Response`; none rejects. `toNodeHandler` turns one into a listener for `node:http`, Express or Fastify.
 */
export interface AuthHandlers {
  /** The public keys. Belongs at `/.well-known/jwks.json`. */
  readonly jwks: FetchHandler;
  /** The feed of revocations. Belongs at `/revocations`, and is for servers: it sets no CORS headers. */
  readonly revocations: FetchHandler;
  /**
   * Both, each at its path; `undefined` for any other path.
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
