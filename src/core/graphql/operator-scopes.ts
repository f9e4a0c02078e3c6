import { Extensions } from 'type-graphql';

export const OPERATOR_SCOPES = 'auth-subgraph:operator-scopes';

/** The scopes of user management. Nobody can assign a role that is one of them without having it. */
export type OperatorScope =
  | 'auth:users:read'
  | 'auth:users:write'
  | 'auth:users:credentials'
  | 'auth:users:delete'
  | 'auth:roles:write'
  | 'auth:audit:read'
  | 'auth:services:write';

/**
 * Marks a root field as part of user management, and names the scopes that it requires. The application can require
 * further ones, but not fewer.
 */
export function OperatorScopes(...scopes: readonly [OperatorScope, ...OperatorScope[]]): MethodDecorator {
  return Extensions({ [OPERATOR_SCOPES]: scopes });
}
