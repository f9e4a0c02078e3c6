import type { IncomingMessage } from 'node:http';
import type { SubscriptionConfig } from '@nestjs/graphql';

/**
 * The option `subscriptions` of `GraphQLModule`: turns the token in `connectionParams` into the header of the request.
 */
export const subscriptions: SubscriptionConfig = {
  'graphql-ws': {
    onConnect({ connectionParams, extra }) {
      const { request } = extra as { request: IncomingMessage };
      const authorization = connectionParams?.['authorization'];
      if (typeof authorization === 'string') request.headers.authorization ??= authorization;
    },
  },
};
