import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import { chooseMediaType, GRAPHQL_JSON_TYPE } from './media-type.js';
import { MAX_VARIABLE_VALUES, hasMoreValues } from './variable-limits.js';

interface ResolvedRequest {
  readonly request: {
    /** Missing if the application calls `executeOperation` itself. */
    readonly http?: { readonly headers: { get(name: string): string | undefined } };
    readonly variables?: Record<string, unknown>;
  };
}

interface FinishedRequest extends ResolvedRequest {
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly response: {
    readonly http: { status?: number; readonly headers: { set(name: string, value: string): unknown } };
  };
}

/**
 * An Apollo Server plugin. Apollo declares its own type twice, for ECMAScript modules and for CommonJS, and the two are
 * incompatible; this type is compatible with both.
 */
export interface ApolloPlugin {
  requestDidStart?(started: { readonly request: { operationName?: string } }): Promise<{
    didResolveOperation(request: ResolvedRequest): Promise<void>;
    willSendResponse(request: FinishedRequest): Promise<void>;
  }>;
}

/** Plugins that every Apollo Server with this schema needs. */
export function apolloPlugins(): ApolloPlugin[] {
  return [
    // Anyone could request traces, and the plugin wraps every field of every request.
    ApolloServerPluginInlineTraceDisabled() as ApolloPlugin,
    // It also wraps every field, and `no-store` makes it useless.
    ApolloServerPluginCacheControlDisabled() as ApolloPlugin,
    // The landing page loads third-party scripts and would run them on the origin of the refresh cookie.
    ApolloServerPluginLandingPageDisabled() as ApolloPlugin,
    { requestDidStart },
  ];
}

const hooks = { didResolveOperation, willSendResponse };

function requestDidStart({ request }: { readonly request: { operationName?: string } }): Promise<typeof hooks> {
  // An empty name is none. GraphQL over HTTP §5.3.
  if (request.operationName === '') delete request.operationName;
  return Promise.resolve(hooks);
}

/** The codes of errors that prevent the execution of a well-formed request. */
const NOT_EXECUTED: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COMPLEX',
]);

/** Coercion quotes a variable in every error about it, however large it is. */
function didResolveOperation({ request: { variables } }: ResolvedRequest): Promise<void> {
  if (!hasMoreValues(variables, MAX_VARIABLE_VALUES)) return Promise.resolve();
  const message = `The variables have more than ${String(MAX_VARIABLE_VALUES)} values.`;
  const extensions = { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } };
  return Promise.reject(new GraphQLError(message, { extensions }));
}

function willSendResponse({ errors, request, response: { http } }: FinishedRequest): Promise<void> {
  // Responses contain tokens and private data. RFC 6749 §5.1.
  http.headers.set('cache-control', 'no-store');
  // Many gateways ignore errors in a response whose status is not 200; Apollo Gateway shows clients our URL instead.
  // GraphQL over HTTP §6.4.
  if (
    http.status === 400 &&
    errors?.some(({ extensions }) => NOT_EXECUTED.has(extensions['code'])) &&
    chooseMediaType(request.http?.headers.get('accept')) !== GRAPHQL_JSON_TYPE
  )
    http.status = 200;
  return Promise.resolve();
}
