import {
  Catch,
  createParamDecorator,
  ForbiddenException,
  Inject,
  Injectable,
  IntrinsicException,
  SetMetadata,
  UnauthorizedException,
  type ArgumentsHost,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { BaseExceptionFilter, Reflector } from '@nestjs/core';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { ForbiddenError, UnauthenticatedError } from './access-errors.js';
import { PUBLIC } from './public-mark.js';
import { requireGranted, requireViewer } from './resolvers.js';
import type { TokenVerifier } from './token-verifier.js';
import { createViewerContext, type RequestWithHeaders, type Viewer, type ViewerContext } from './viewer-context.js';

const SCOPES = 'auth-subgraph:scopes';

/** The injection token under which a module provides the `TokenVerifier` for `AuthGuard`. */
export const TOKEN_VERIFIER = Symbol('auth-subgraph:token-verifier');

/** Makes a root field or a route, or all of a class, public. */
export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Requires all of these scopes, in addition to those of the class, of a base class and of other such decorators. */
export function RequiresScopes(...scopes: [string, ...string[]]): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: { readonly value?: unknown }) => {
    const marked = descriptor?.value ?? target;
    const others = (Reflect.getMetadata(SCOPES, marked) ?? []) as readonly string[];
    Reflect.defineMetadata(SCOPES, [...new Set([...others, ...scopes])], marked);
  };
}

/**
 * Injects the signed-in viewer into a handler: an `AuthenticatedViewer`.
 * @throws IntrinsicException no user is signed in, which is possible in handlers marked `@Public()`; over HTTP an
 * UnauthorizedException
 * @throws ForbiddenException this is neither GraphQL nor HTTP
 */
export const CurrentUser = createParamDecorator((_data: unknown, host: ExecutionContext) =>
  answering(host, () => requireViewer(carrierOf(host) as ViewerContext)),
);

/** The source of a Nest context: an HTTP request, or an object that contains one, such as a graphql-ws connection. */
export interface RequestSource extends Partial<RequestWithHeaders> {
  readonly req?: RequestWithHeaders;
  readonly extra?: { readonly request?: RequestWithHeaders };
}

/** Where the viewer is stored: in the GraphQL context or the HTTP request. */
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
 * Denies access by default. Register it as `{ provide: APP_GUARD, useClass: AuthGuard }`, together with a
 * `TOKEN_VERIFIER`. Root fields and routes then require a signed-in viewer unless they are marked. Nest calls guards
 * for other fields only with `fieldResolverEnhancers: ['guards']`; of those, fields marked with scopes are checked.
 * Handlers of microservices and WebSocket gateways are always rejected, marked or not: their callers could claim any
 * identity in the message.
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
   * @throws IntrinsicException no user is signed in or a scope is missing; GraphQL returns its cause, an
   * `UnauthenticatedError` or `ForbiddenError`
   * @throws UnauthorizedException over HTTP, if no user is signed in
   * @throws ForbiddenException over HTTP, if a scope is missing; or if this is neither GraphQL nor HTTP
   */
  async canActivate(host: ExecutionContext): Promise<boolean> {
    const carrier = carrierOf(host);
    const viewer = (carrier.viewer ??= (await this.readViewer(requestOf(carrier))).viewer);
    if (!this.isOpen(host)) answering(host, () => requireGranted({ viewer }, this.scopesOf(host)));
    return true;
  }

  /** Marks on the method take precedence over marks on its class, and scopes over `@Public()`. */
  private isOpen(host: ExecutionContext): boolean {
    for (const target of [host.getHandler(), host.getClass()]) {
      if (this.reflector.get(SCOPES, target)) return false;
      // A class that extends a public one is not public.
      if (Reflect.hasOwnMetadata(PUBLIC, target)) return true;
    }
    return isBelowRoot(host);
  }

  private scopesOf(host: ExecutionContext): readonly string[] {
    return this.reflector.getAllAndMerge<string[]>(SCOPES, [host.getHandler(), host.getClass()]);
  }
}

/**
 * Turns the errors of `requireViewer` and `requireScopes` in handlers into the same responses as those of `AuthGuard`.
 * Register it as `{ provide: APP_FILTER, useClass: AuthExceptionFilter }`. Without it, Nest masks them over HTTP and logs
 * each of them.
 */
@Catch(UnauthenticatedError, ForbiddenError)
export class AuthExceptionFilter extends BaseExceptionFilter<UnauthenticatedError | ForbiddenError> {
  override catch(error: UnauthenticatedError | ForbiddenError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw new Refusal(error);
    super.catch(toHttpException(error) as never, host);
  }
}

function isGraphQL(host: ExecutionContext): boolean {
  return host.getType<GqlContextType>() === 'graphql';
}

function carrierOf(host: ExecutionContext): Carrier {
  if (isGraphQL(host)) return GqlExecutionContext.create(host).getContext<Carrier>();
  if (host.getType() === 'http') return host.switchToHttp().getRequest<Carrier>();
  throw new ForbiddenException(`AuthGuard supports GraphQL and HTTP, not ${host.getType()}`);
}

function requestOf(source: RequestSource | null | undefined): RequestWithHeaders {
  return source?.req ?? source?.extra?.request ?? source ?? {};
}

/** Whether this is a field of an object that a root field returned, or a reference resolved for a gateway. */
function isBelowRoot(host: ExecutionContext): boolean {
  if (!isGraphQL(host)) return false;
  const { parentType, fieldName, schema } = GqlExecutionContext.create(host).getInfo<GraphQLResolveInfo>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return fieldName === '_entities' || !roots.some((root) => root?.name === parentType.name);
}

/** Nest's HTTP side sends its own exceptions to the client and masks all others; its GraphQL side logs all others. */
function answering<T>(host: ExecutionContext, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UnauthenticatedError || error instanceof ForbiddenError)) throw error;
    throw isGraphQL(host) ? new Refusal(error) : toHttpException(error);
  }
}

/** GraphQL returns its cause, and Nest does not log it. */
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
