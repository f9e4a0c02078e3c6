import type { UnauthenticatedReason } from './access-errors.js';
import { TokenVerificationError, type RejectionReason } from './errors.js';
import type { TokenVerifier } from './token-verifier.js';

/** Who calls. A bad token is not the same as no token, and neither is an error before a field asks. */
export type Viewer = AnonymousViewer | AuthenticatedViewer | RejectedViewer;

/** Nobody: there was no token. */
export interface AnonymousViewer {
  readonly kind: 'anonymous';
}

/** The bearer of a valid access token. */
export interface AuthenticatedViewer {
  readonly kind: 'authenticated';
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** Every claim of the token, those of your own claims hook among them. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Somebody whose token is no good, and why. */
export interface RejectedViewer {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
}

/** The part of a context that says who calls. */
export interface ViewerContext {
  readonly viewer: Viewer;
}

/** A request as Node.js, Express, Fastify or the Fetch API have it. */
export interface RequestWithHeaders {
  readonly headers?:
    Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>> | null | undefined;
}

const BEARER = /^bearer(?: +(.*))?$/i;

/**
 * The token of an Authorization header: empty when there is none in it, undefined when the scheme is another.
 * @see RFC 6750 §2.1
 */
export function readBearer(authorization: string | undefined): string | undefined {
  const bearer = BEARER.exec(authorization?.trim() ?? '');
  return bearer ? (bearer[1] ?? '') : undefined;
}

/** Why nobody is signed in. */
export function rejectionOf(viewer: AnonymousViewer | RejectedViewer): UnauthenticatedReason {
  return viewer.kind === 'anonymous' ? 'MISSING' : viewer.reason;
}

/**
 * Makes a function that reads the viewer of a request for a GraphQL context. That function never throws: a bad token is
 * for the fields that need a good one.
 */
export function createViewerContext(
  verifier: TokenVerifier,
): (request: RequestWithHeaders | undefined) => Promise<ViewerContext> {
  return async (request) => {
    const token = readBearer(readAuthorization(request?.headers));
    return { viewer: token === undefined ? { kind: 'anonymous' } : await readViewer(verifier, token) };
  };
}

/** Whoever has a `get` is a `Headers`, of whatever make; a connection that is no request has none. */
function readAuthorization(headers: RequestWithHeaders['headers']): string | undefined {
  const value = isHeaders(headers) ? headers.get('authorization') : headers?.['authorization'];
  return typeof value === 'string' ? value : undefined;
}

function isHeaders(headers: RequestWithHeaders['headers']): headers is Pick<Headers, 'get'> {
  return typeof headers?.get === 'function';
}

async function readViewer(verifier: TokenVerifier, token: string): Promise<Viewer> {
  try {
    const { userId, sessionId, scopes, claims } = await verifier.verify(token);
    return { kind: 'authenticated', userId, sessionId, scopes, claims };
  } catch (error) {
    return { kind: 'rejected', reason: error instanceof TokenVerificationError ? error.code : 'TOKEN_INVALID' };
  }
}
