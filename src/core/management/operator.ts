import { UnauthenticatedError, type AuthenticatedViewer } from '@auth-subgraph/verifier';

/** Who manages users: a user with a scope of user management. */
export interface Operator {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  /** What the access token grants. */
  readonly scopes: readonly string[];
  /** When the access token was issued, in whole seconds. */
  readonly issuedAt: Date;
}

/** What a statement finds about an operator; null if the session has ended or the account is inactive. */
export type OperatorState = 'current' | 'stale' | null;

/** The operator that a request comes from. Whether it may still act is decided by the statement that acts. */
export function operatorOf({ claims, scopes, sessionId, userId }: AuthenticatedViewer): Operator {
  return { kind: 'user', userId, sessionId, scopes, issuedAt: new Date(Number(claims['iat']) * 1000) };
}

/**
 * Requires that the statement has found the operator able to act.
 * @throws UnauthenticatedError the session has ended, or the access token is older than a change of the operator's roles
 */
export function requireOperator(state: OperatorState | undefined): void {
  if (state === 'current') return;
  throw new UnauthenticatedError(state === 'stale' ? 'TOKEN_EXPIRED' : 'SESSION_ENDED');
}
