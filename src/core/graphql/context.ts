import type { LockoutConfig } from '../attempts/lockout.options.js';
import type { SessionConfig } from '../sessions/session.options.js';
import { RequestLoaders } from './request-loaders.js';
import { readRequestOrigin, type RequestOrigin } from '../../platform/http/request-origin.js';
import type { Clock } from '../../platform/clock.js';
import type { AccessTokenService } from '../access-tokens/access-token.service.js';
import { DeviceCookie } from '../devices/device-cookie.js';
import type { CookieRequest } from '../../platform/http/host-cookie.js';
import { RefreshCookie } from '../sessions/refresh-cookie.js';
import type { RouterCheck } from '../../platform/http/router-secret.js';
import type { Viewer } from '@auth-subgraph/verifier';
import { readViewer } from './viewer.js';

/** What a request brings with it, whatever the HTTP server is. */
export interface ContextRequest extends CookieRequest {
  /** The client's address, as far as the server trusts it. */
  readonly ip?: string | undefined;
}

/** What every resolver of a request shares. */
export interface GraphQLContext {
  /** Changes when the operation signs somebody in, or finds that the session has ended. */
  viewer: Viewer;
  readonly origin: RequestOrigin;
  /** Whether the request carries the router's secret; true for every request where none is set. */
  readonly fromRouter: boolean;
  readonly deviceCookie: DeviceCookie;
  readonly refreshCookie: RefreshCookie;
  readonly loaders: RequestLoaders;
}

/** Makes a context of a request. Never throws: a bad token is for the fields that need a good one. */
export type ContextBuilder = (request: ContextRequest) => GraphQLContext;

export interface ContextDependencies {
  readonly accessTokens: AccessTokenService;
  readonly clock: Clock;
  readonly config: LockoutConfig & SessionConfig;
}

export function createContextBuilder(
  { accessTokens, clock, config }: ContextDependencies,
  isFromRouter: RouterCheck,
): ContextBuilder {
  return (request) => ({
    viewer: readViewer(request.headers.authorization, accessTokens, clock.now()),
    origin: readRequestOrigin(request.ip, request.headers['user-agent']),
    fromRouter: isFromRouter(request.headers),
    deviceCookie: new DeviceCookie(config.lockout.deviceCookies, request),
    refreshCookie: new RefreshCookie(config.refreshCookie, request, clock),
    loaders: new RequestLoaders(),
  });
}
