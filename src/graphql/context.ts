import type { IncomingHttpHeaders } from 'node:http';
import { describeClient, type Client } from '../kernel/client.js';
import type { Clock } from '../kernel/clock.js';
import type { AccessTokenService } from '../tokens/access-token.service.js';
import { deviceCookie, readDeviceCookie } from './device-cookie.js';
import type { RouterCheck } from './router-secret.js';
import { readViewer, type Viewer } from './viewer.js';

/** What a request brings with it, whatever the HTTP server is. */
export interface ContextRequest {
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The client's address, as far as the server trusts it. */
  readonly ip?: string | undefined;
  /** Adds a Set-Cookie header to the answer, for a server that keeps devices in cookies. */
  readonly setCookie?: ((cookie: string) => void) | undefined;
}

export type Class<T extends object = object> = abstract new (...args: never[]) => T;

/** Answers this request's instance of a class. */
export interface RequestScope {
  get<T extends object>(wanted: Class<T>): T;
}

/** What every resolver of a request shares. */
export interface GraphQLContext {
  /** Changes when the operation signs somebody in, or finds that the session has ended. */
  viewer: Viewer;
  readonly client: Client;
  /** Whether the request carries the router's secret; true for every request where none is set. */
  readonly fromRouter: boolean;
  /** The device token of the caller's cookie, where devices are kept in cookies. */
  readonly deviceToken: string | undefined;
  /** Has the caller's browser keep a device token, where devices are kept in cookies. */
  keepDevice(token: string): void;
  readonly scope: RequestScope;
}

/** Makes a context of a request. Never throws: a bad token is for the fields that need a good one. */
export type ContextBuilder = (request: ContextRequest) => GraphQLContext;

export function createContextBuilder(
  accessTokens: AccessTokenService,
  clock: Clock,
  createScope: () => RequestScope,
  { deviceCookies, isFromRouter }: { deviceCookies: boolean; isFromRouter: RouterCheck },
): ContextBuilder {
  return ({ headers, ip, setCookie }) => ({
    viewer: readViewer(headers.authorization, accessTokens, clock.now()),
    client: describeClient(ip, headers['user-agent']),
    fromRouter: isFromRouter(headers),
    scope: createScope(),
    deviceToken: deviceCookies ? readDeviceCookie(headers.cookie) : undefined,
    keepDevice(token) {
      if (deviceCookies) setCookie?.(deviceCookie(token));
    },
  });
}
