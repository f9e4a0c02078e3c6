import type { UnauthenticatedReason } from './access-errors.js';
import { TokenVerificationError, type RejectionReason } from './errors.js';
import { lowerCaseHeaders, type GivenHeaders } from './request-headers.js';
import type { TokenVerifier } from './token-verifier.js';
import type { AccessTokenClaims } from './tokens/token-claims.js';

/** The caller. An invalid token is not the same as no token, and neither is an error until a field requires a user. */
export type Viewer = AnonymousViewer | AuthenticatedViewer | ServiceViewer | RejectedViewer;

/** An anonymous caller: there was no token. */
export interface AnonymousViewer {
  readonly kind: 'anonymous';
}

/** A signed-in user: the holder of a user's valid access token. */
export interface AuthenticatedViewer {
  readonly kind: 'authenticated';
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** Every claim of the token, including those of your own claims hook. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A program: the holder of a service account's valid access token. Not a user, and without a session. */
export interface ServiceViewer {
  readonly kind: 'service';
  readonly serviceId: string;
  readonly scopes: readonly string[];
  /** Every claim of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A caller whose token is invalid, and why. */
export interface RejectedViewer {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
}

/** The part of a context that identifies the caller. */
export interface ViewerContext {
  readonly viewer: Viewer;
}

/** A request of Node.js, Express, Fastify or the Fetch API. */
export interface RequestWithHeaders {
  readonly headers?: Pick<Headers, 'get'> | GivenHeaders | null | undefined;
}

/** The flag `s` lets the dot match line breaks: many spaces before one would otherwise take quadratic time. */
const BEARER = /^bearer(?: +(.*))?$/is;

/**
 * Returns the token of a `Bearer` header, empty if it has none; `undefined` without a header or with another scheme.
 * @see RFC 6750 §2.1
 */
export function readBearer(authorization: string | undefined): string | undefined {
  const bearer = BEARER.exec(authorization?.trim() ?? '');
  return bearer ? (bearer[1] ?? '') : undefined;
}

/** Why no user is signed in. */
export function rejectionOf(viewer: AnonymousViewer | RejectedViewer): UnauthenticatedReason {
  return viewer.kind === 'anonymous' ? 'MISSING' : viewer.reason;
}

/**
 * Creates a function that reads the viewer of a request for a GraphQL context. The function never throws: an invalid
 * token only matters to fields that require a user.
 */
export function createViewerContext(
  verifier: TokenVerifier,
): (request: RequestWithHeaders | undefined) => Promise<ViewerContext> {
  return async (request) => {
    const token = readBearer(readAuthorization(request));
    return { viewer: token === undefined ? { kind: 'anonymous' } : await readViewer(verifier, token) };
  };
}

/**
 * An object with a `get` method is a `Headers` of some implementation; a connection that is not a request has no
 * headers, or throws when they are read.
 */
function readAuthorization(request: RequestWithHeaders | undefined): string | undefined {
  try {
    const headers = request?.headers;
    const value = isHeaders(headers)
      ? headers.get('authorization')
      : headers && lowerCaseHeaders(headers)['authorization'];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHeaders(headers: RequestWithHeaders['headers']): headers is Pick<Headers, 'get'> {
  // A `Map` tells the spellings of a name apart.
  return (
    typeof (headers as Partial<Pick<Headers, 'get'>> | null | undefined)?.get === 'function' &&
    !(headers instanceof Map)
  );
}

/** The holder of a valid access token. */
export function viewerOf(token: AccessTokenClaims): AuthenticatedViewer | ServiceViewer {
  const { scopes, claims } = token;
  if ('serviceId' in token) return { kind: 'service', serviceId: token.serviceId, scopes, claims };
  return { kind: 'authenticated', userId: token.userId, sessionId: token.sessionId, scopes, claims };
}

async function readViewer(verifier: TokenVerifier, token: string): Promise<Viewer> {
  try {
    // A verifier that was written for an earlier release has only `verify`, which accepts users.
    const hasVerifyAny: boolean = 'verifyAny' in verifier;
    return viewerOf(await (hasVerifyAny ? verifier.verifyAny(token) : verifier.verify(token)));
  } catch (error) {
    return { kind: 'rejected', reason: error instanceof TokenVerificationError ? error.code : 'TOKEN_INVALID' };
  }
}
