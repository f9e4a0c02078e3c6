import { Kind, type OperationDefinitionNode } from 'graphql';
import type { Operation } from '@urql/core';
import type { AuthConfig, AuthUtilities } from '@urql/exchange-auth';
import type { AuthClient } from './core/auth-client.types.js';
import { isWorthRepeating } from './core/once-more.js';

/**
 * The configuration of urql's `authExchange`, which belongs before the `fetchExchange`.
 * @example authExchange(authExchangeConfig(auth))
 */
export function authExchangeConfig(
  auth: Pick<AuthClient, 'state' | 'accessToken' | 'getAccessToken'>,
): (utilities: AuthUtilities) => Promise<AuthConfig> {
  return async (utilities) => {
    let rejected: string | undefined;
    let last = await auth.getAccessToken().catch(() => undefined);
    return {
      addAuthToOperation(operation) {
        const token = auth.state.status === 'signedOut' ? undefined : (auth.accessToken ?? last);
        return token === undefined
          ? operation
          : utilities.appendHeaders(operation, { authorization: `Bearer ${token}` });
      },
      willAuthError: () => auth.state.status !== 'signedOut' && auth.accessToken === undefined,
      didAuthError({ graphQLErrors }, operation) {
        const token = tokenOf(operation);
        const outcome = { data: rootFieldsOf(operation), errors: graphQLErrors };
        const isRejected = isWorthRepeating(outcome, token, operation.kind !== 'query');
        if (isRejected) rejected = token;
        return isRejected;
      },
      async refreshAuth() {
        // An operation that is rejected during the refresh waits for it too.
        last = await auth.getAccessToken({ rejected }).finally(() => (rejected = undefined));
      },
    };
  };
}

function tokenOf({ context }: Operation): string | undefined {
  const { headers } = (context.fetchOptions ?? {}) as { headers?: { authorization?: string } };
  return headers?.authorization?.slice('Bearer '.length);
}

/**
 * Null for each root field: urql does not say which fields have run, but there is an error for each that has not.
 * Something else for a fragment, which hides how many fields there are.
 */
function rootFieldsOf({ query }: Operation): object {
  const definition = query.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const { selections } = (definition as OperationDefinitionNode).selectionSet;
  return selections.map((selection) => (selection.kind === Kind.FIELD ? null : selection));
}
