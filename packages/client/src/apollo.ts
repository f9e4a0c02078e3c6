import { ApolloLink } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { catchError, from, of, switchMap, type Observable } from 'rxjs';
import type { AuthClient } from './core/auth-client.types.js';
import { isWorthRepeating } from './core/once-more.js';
import { POSSIBLE_TYPES } from './graphql/possible-types.js';

/**
 * Sends the access token with every operation, and repeats one whose token was rejected once. Put it before the
 * `HttpLink`.
 * @example ApolloLink.from([authLink(auth), new HttpLink({ uri: '/graphql' })])
 */
export function authLink(auth: Pick<AuthClient, 'getAccessToken'>): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const send = (token: string | undefined): Observable<ApolloLink.Result> => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      operation.setContext(({ headers }) => ({ headers: { ...(headers as object | undefined), ...authorization } }));
      return forward(operation);
    };
    const isMutation = operation.operationType !== OperationTypeNode.QUERY;
    return from(auth.getAccessToken()).pipe(
      switchMap((token) =>
        send(token).pipe(
          switchMap((result) =>
            isWorthRepeating(result, token, isMutation)
              ? from(auth.getAccessToken({ rejected: token })).pipe(
                  catchError(() => of(undefined)),
                  switchMap((next) => (next === undefined || next === token ? of(result) : send(next))),
                )
              : of(result),
          ),
        ),
      ),
    );
  });
}

/**
 * The members of the interfaces of the service. Without them `... on AuthError` matches nothing in the cache.
 * @example new InMemoryCache({ possibleTypes: authPossibleTypes })
 */
export const authPossibleTypes: Record<string, string[]> = POSSIBLE_TYPES;
