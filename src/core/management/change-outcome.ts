import { AccountNotFoundError, AccountProtectedError } from '../errors/errors.js';
import { UnknownAccountError } from '../users/unknown-account.error.js';
import { isUuid } from '../../platform/random.js';
import { requireOperator, type Operator, type OperatorState } from './operator.js';
import type { UserRecord } from './user-record.js';

/** An account, and the operator who changes it; without one, the service itself or its command line does. */
export interface ManagedAccount {
  readonly userId: string;
  readonly operator: Operator | undefined;
}

/** The accounts that a change locks: the one that changes, and that of the operator. */
export function accountsOf({ userId, operator }: ManagedAccount): string[] {
  return operator?.kind === 'user' ? [userId, operator.userId] : [userId];
}

/** What a statement has found out, and what it has done. */
export interface ChangeOutcome {
  readonly operatorState: OperatorState;
  readonly isFound: boolean;
  /** The account as it is now; `undefined` if the operator may not change it. */
  readonly record: UserRecord | undefined;
  readonly changed: boolean;
}

/** An account after a change. */
export interface ChangedAccount {
  readonly record: UserRecord;
  /** False if everything was as wanted before. Then there is no event. */
  readonly changed: boolean;
}

/**
 * Returns the account that a change is about, with its id as the database writes it, since events carry it.
 * @throws AccountNotFoundError the id is not a UUID
 * @throws InvalidInputError the id is not a UUID, and there is no operator
 */
export function accountToChange(userId: string, operator: Operator | undefined): ManagedAccount {
  if (!isUuid(userId)) throw operator ? new AccountNotFoundError() : unknownUser();
  return { userId: userId.toLowerCase(), operator };
}

/**
 * Requires that the account exists and that the operator may change it.
 * @param unknown the error if there is neither the account nor an operator
 * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
 * @throws AccountNotFoundError the account does not exist, or is about to be erased
 * @throws AccountProtectedError the operator may not do this to the account
 * @throws InvalidInputError the account does not exist, and there is no operator
 */
export function requireChange(
  outcome: ChangeOutcome,
  operator: Operator | undefined,
  unknown = unknownUser,
): ChangedAccount {
  const { changed, isFound, operatorState, record } = outcome;
  if (operator) requireOperator(operatorState);
  if (!isFound) throw operator ? new AccountNotFoundError() : unknown();
  if (!record) throw new AccountProtectedError();
  return { record, changed };
}

function unknownUser(): UnknownAccountError {
  return new UnknownAccountError('userId', 'The user does not exist.');
}

/**
 * Requires that the operator has every role of user management among these.
 * @throws AccountProtectedError nobody gives or takes such a role without having it
 */
export function requireOwnScopes(roles: readonly string[], operator: Operator | undefined): void {
  const reserved = roles.filter((role) => role.startsWith('auth:'));
  if (operator && !reserved.every((role) => operator.scopes.includes(role))) throw new AccountProtectedError();
}
