import { UnauthenticatedError, type AuthenticatedViewer, type ServiceViewer } from '@auth-subgraph/verifier';

interface TokenContents {
  /** What the access token grants. */
  readonly scopes: readonly string[];
  /** When the access token was issued, in whole seconds. */
  readonly issuedAt: Date;
}

/** A user with a scope of user management. */
export interface UserOperator extends TokenContents {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
}

/** A service account with a scope of user management. */
export interface ServiceOperator extends TokenContents {
  readonly kind: 'service';
  readonly serviceId: string;
}

/** Who manages users. */
export type Operator = UserOperator | ServiceOperator;

/** What a statement finds about an operator; null if the session has ended, or the account is inactive or deleted. */
export type OperatorState = 'current' | 'stale' | null;

/** The operator that a request comes from. Whether it may still act is decided by the statement that acts. */
export function operatorOf(viewer: AuthenticatedViewer | ServiceViewer): Operator {
  const { claims, scopes } = viewer;
  const contents = { scopes, issuedAt: new Date(Number(claims['iat']) * 1000) };
  if (viewer.kind === 'service') return { kind: 'service', serviceId: viewer.serviceId, ...contents };
  return { kind: 'user', userId: viewer.userId, sessionId: viewer.sessionId, ...contents };
}

/**
 * Requires that the statement has found the operator able to act.
 * @throws UnauthenticatedError the session has ended, the account is inactive or deleted, or the access token is older than a
 * change of the operator's roles
 */
export function requireOperator(state: OperatorState | undefined): void {
  if (state === 'current') return;
  throw new UnauthenticatedError(state === 'stale' ? 'TOKEN_EXPIRED' : 'SESSION_ENDED');
}
