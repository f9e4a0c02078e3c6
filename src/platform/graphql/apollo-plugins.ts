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
 * A plugin of Apollo Server. Apollo's own type exists twice, for ECMAScript modules and for CommonJS, and neither fits
 * the other; this one fits both.
 */
export interface ApolloPlugin {
  requestDidStart?(): Promise<{ willSendResponse(request: FinishedRequest): Promise<void> }>;
}

/** What every Apollo Server on the schema needs, whoever creates it. */
export function apolloPlugins(): ApolloPlugin[] {
  return [
    // Anyone could ask for traces, and it puts a wrapper around every field of every request.
    ApolloServerPluginInlineTraceDisabled() as ApolloPlugin,
    // Another wrapper, which `no-store` does without.
    ApolloServerPluginCacheControlDisabled() as ApolloPlugin,
    // The page loads scripts of another site, and would run them where the refresh cookie is.
    ApolloServerPluginLandingPageDisabled() as ApolloPlugin,
    { requestDidStart: () => Promise.resolve(responseHead) },
  ];
}

const responseHead = {
  willSendResponse({ errors, operation, response: { body, http } }: FinishedRequest): Promise<void> {
    // Results hold tokens and private data. RFC 6749 §5.1.
    http.headers.set('cache-control', 'no-store');
    // Many gateways read no errors from a response that is not 200; Apollo Gateway shows its clients our URL instead.
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
