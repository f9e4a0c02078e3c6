import type { LockoutConfig } from '../attempts/lockout.options.js';
import type { SessionConfig } from '../sessions/session.options.js';
import { RequestLoaders } from './request-loaders.js';
import { readRequestOrigin, type CallerConnection, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import { DeviceCookie } from '../devices/device-cookie.js';
import type { CookieRequest } from '../../platform/http/host-cookie.js';
import { RefreshCookie } from '../sessions/refresh-cookie.js';
import type { SessionRepository } from '../sessions/session.repository.js';
import { nodeHeaders, type GivenHeaders } from '../../platform/http/node-headers.js';
import type { RouterCheck } from '../../platform/http/router-secret.js';
import type { Viewer } from '@auth-subgraph/verifier';
import { readViewer } from './viewer.js';

/** The parts of a request that the subgraph reads, independent of the HTTP server. */
export interface ContextRequest extends Omit<CookieRequest, 'headers'> {
  /** The headers as Node.js has them, or a `Headers` object. */
  readonly headers: GivenHeaders;
  /** The client address that the server has determined. */
  readonly ip?: string | undefined;
  /** The socket of the request. Passwords are not compared for clients that have disconnected. */
  readonly connection?: CallerConnection | undefined;
}

/** The context that all resolvers of a request share. */
export interface GraphQLContext {
  /** Changes if the operation signs a user in, or finds that the session has ended. */
  viewer: Viewer;
  readonly origin: RequestOrigin;
  /** Whether the request carries the gateway's secret; always true if no secret is set. */
  readonly fromRouter: boolean;
  readonly deviceCookie: DeviceCookie;
  readonly refreshCookie: RefreshCookie;
  readonly loaders: RequestLoaders;
}

/**
 * Builds the context of a request. Never throws: an invalid token is reported by the fields that require one, and whatever is
 * not a header or an address counts as absent.
 */
export type ContextBuilder = (request: ContextRequest) => GraphQLContext;

export interface ContextDependencies {
  readonly accessTokens: AccessTokenService;
  readonly clock: Clock;
  readonly config: LockoutConfig & SessionConfig;
  readonly sessionRepository: SessionRepository;
}

export function createContextBuilder(
  { accessTokens, clock, config, sessionRepository }: ContextDependencies,
  isFromRouter: RouterCheck,
): ContextBuilder {
  return (request: Partial<ContextRequest> | null | undefined) => {
    const { headers: given, ip, connection, setCookie } = request ?? {};
    const headers = nodeHeaders(given);
    const cookies = { headers, setCookie };
    return {
      viewer: readViewer(headers.authorization, accessTokens, clock.now()),
      origin: readRequestOrigin(ip, headers['user-agent'], connection),
      fromRouter: isFromRouter(headers),
      deviceCookie: new DeviceCookie(config.lockout.deviceCookies, cookies),
      refreshCookie: new RefreshCookie(config.refreshCookie, cookies, clock, sessionRepository),
      loaders: new RequestLoaders(),
    };
  };
}
