import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { Kind, type GraphQLError, type OperationDefinitionNode } from 'graphql';

interface FinishedRequest {
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly operation?: OperationDefinitionNode | undefined;
  readonly response: {
    readonly body: { readonly kind: string; readonly singleResult?: { readonly data?: unknown } };
    readonly http: { status?: number; readonly headers: { set(name: string, value: string): unknown } };
  };
}

/**
 * An Apollo Server plugin. Apollo declares its own type twice, for ECMAScript modules and for CommonJS, and the two are
 * incompatible; this type is compatible with both.
 */
export interface ApolloPlugin {
  requestDidStart?(): Promise<{ willSendResponse(request: FinishedRequest): Promise<void> }>;
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
    { requestDidStart: () => Promise.resolve(responseHead) },
  ];
}

const responseHead = {
  willSendResponse({ errors, operation, response: { body, http } }: FinishedRequest): Promise<void> {
    // Responses contain tokens and private data. RFC 6749 §5.1.
    http.headers.set('cache-control', 'no-store');
    // Many gateways ignore errors in a response whose status is not 200; Apollo Gateway shows clients our URL instead.
    const isNotExecuted = operation && body.kind === 'single' && body.singleResult?.data === undefined;
    if (
      http.status === 400 &&
      isNotExecuted &&
      errors?.some(({ nodes }) => nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION)
    )
      http.status = 200;
    return Promise.resolve();
  },
};
