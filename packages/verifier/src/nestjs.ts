import {
  createParamDecorator,
  ForbiddenException,
  Inject,
  Injectable,
  IntrinsicException,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { ForbiddenError, UnauthenticatedError } from './access-errors.js';
import { PUBLIC } from './public-mark.js';
import { requireScopes, requireViewer } from './resolvers.js';
import type { TokenVerifier } from './token-verifier.js';
import { createViewerContext, type RequestWithHeaders, type Viewer, type ViewerContext } from './viewer-context.js';

const SCOPES = 'auth-subgraph:scopes';

/** Under which a module provides the `TokenVerifier` that `AuthGuard` asks. */
export const TOKEN_VERIFIER = Symbol('auth-subgraph:token-verifier');

/** Opens a root field or a route, or all of a class, to everybody. */
export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Needs every one of these scopes, and those of the class too. */
export function RequiresScopes(...scopes: [string, ...string[]]): CustomDecorator {
  return SetMetadata(SCOPES, scopes);
}

/**
 * Hands a handler the signed-in viewer: an `AuthenticatedViewer`.
 * @throws IntrinsicException nobody is signed in, as can happen on what is marked `@Public()`; over HTTP an
 * UnauthorizedException
 * @throws ForbiddenException this is neither GraphQL nor HTTP
 */
export const CurrentUser = createParamDecorator((_data: unknown, host: ExecutionContext) =>
  answering(host, () => requireViewer(carrierOf(host) as ViewerContext)),
);

/** What Nest makes a context of: an HTTP request, or what holds one, as a connection of graphql-ws does. */
export interface RequestSource extends Partial<RequestWithHeaders> {
  readonly req?: RequestWithHeaders;
  readonly extra?: { readonly request?: RequestWithHeaders };
}

/** What the viewer is kept in: the GraphQL context, or the HTTP request. */
interface Carrier extends RequestSource {
  viewer?: Viewer;
}

/** The `context` option of `GraphQLModule`: the request as `req`, and its `viewer`. Never throws. */
export function createAuthContext(
  verifier: TokenVerifier,
): (source: RequestSource) => Promise<ViewerContext & { req: RequestWithHeaders }> {
  const readViewer = createViewerContext(verifier);
  return async (source) => {
    const req = requestOf(source);
    return { req, ...(await readViewer(req)) };
  };
}

/**
 * Denies by default, as `{ provide: APP_GUARD, useClass: AuthGuard }` beside a `TOKEN_VERIFIER`: root fields and routes
 * need a signed-in viewer unless they are marked. Nest asks guards about other fields only with
 * `fieldResolverEnhancers: ['guards']`; of those it refuses what is marked with scopes. Handlers of microservices and
 * WebSocket gateways it always refuses, marked or not: who calls them could say in the message who they are.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly readViewer: ReturnType<typeof createViewerContext>;

  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) verifier: TokenVerifier,
  ) {
    this.readViewer = createViewerContext(verifier);
  }

  /**
   * @throws IntrinsicException nobody is signed in, or a scope is missing; GraphQL answers it as the `UnauthenticatedError`
   * or `ForbiddenError` that is its cause
   * @throws UnauthorizedException over HTTP, nobody is signed in
   * @throws ForbiddenException over HTTP, a scope is missing; or this is neither GraphQL nor HTTP
   */
  async canActivate(host: ExecutionContext): Promise<boolean> {
    const carrier = carrierOf(host);
    const viewer = (carrier.viewer ??= (await this.readViewer(requestOf(carrier))).viewer);
    if (!this.isOpen(host)) answering(host, () => requireScopes({ viewer }, ...this.scopesOf(host)));
    return true;
  }

  /** What is marked on the method counts before what is marked on its class, and a scope before `@Public()`. */
  private isOpen(host: ExecutionContext): boolean {
    for (const target of [host.getHandler(), host.getClass()]) {
      if (this.reflector.get(SCOPES, target)) return false;
      if (this.reflector.get(PUBLIC, target)) return true;
    }
    return isBelowRoot(host);
  }

  private scopesOf(host: ExecutionContext): readonly string[] {
    return this.reflector.getAllAndMerge<string[]>(SCOPES, [host.getHandler(), host.getClass()]);
  }
}

function isGraphQL(host: ExecutionContext): boolean {
  return host.getType<GqlContextType>() === 'graphql';
}

function carrierOf(host: ExecutionContext): Carrier {
  if (isGraphQL(host)) return GqlExecutionContext.create(host).getContext<Carrier>();
  if (host.getType() === 'http') return host.switchToHttp().getRequest<Carrier>();
  throw new ForbiddenException(`AuthGuard knows GraphQL and HTTP, not ${host.getType()}`);
}

function requestOf(source: RequestSource | null | undefined): RequestWithHeaders {
  return source?.req ?? source?.extra?.request ?? source ?? {};
}

/** Whether this is a field of an object that a root field answered, or a reference that a gateway follows. */
function isBelowRoot(host: ExecutionContext): boolean {
  if (!isGraphQL(host)) return false;
  const { parentType, fieldName, schema } = GqlExecutionContext.create(host).getInfo<GraphQLResolveInfo>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return fieldName === '_entities' || !roots.some((root) => root?.name === parentType.name);
}

/** Nest's HTTP side answers exceptions of its own and masks all others; its GraphQL side logs all that are not. */
function answering<T>(host: ExecutionContext, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UnauthenticatedError || error instanceof ForbiddenError)) throw error;
    throw isGraphQL(host) ? new Refusal(error) : toHttpException(error);
  }
}

/** What GraphQL answers as its cause, and Nest does not log. */
class Refusal extends IntrinsicException {
  readonly extensions: object;

  constructor(cause: UnauthenticatedError | ForbiddenError) {
    super(cause.message, { cause });
    this.name = cause.name;
    this.extensions = cause.extensions;
  }
}

function toHttpException(error: UnauthenticatedError | ForbiddenError): Error {
  if (error instanceof UnauthenticatedError)
    return new UnauthorizedException({ statusCode: 401, message: error.message, ...error.extensions });
  return new ForbiddenException({ statusCode: 403, message: error.message, ...error.extensions });
}
