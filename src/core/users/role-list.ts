import { InvalidInputError } from '../errors/errors.js';
import { isScopeToken } from '@auth-subgraph/verifier/internal';

export const MAX_ROLES = 50;
const MAX_ROLE_LENGTH = 64;
/** An access token with all roles still fits the 4096 characters that verifiers accept. */
export const MAX_LENGTH_TOGETHER = 1000;

/** Who has a list of scopes, for the messages of errors. */
interface ScopeList {
  readonly field: string;
  readonly item: string;
  readonly owner: string;
}

/**
 * Removes duplicates and validates roles.
 * @throws InvalidInputError it is not a list, a role is not a valid scope, or there are too many
 */
export function normalizeRoles(roles: readonly string[]): readonly string[] {
  return normalizeScopes(roles, { field: 'roles', item: 'role', owner: 'A user' });
}

/**
 * Removes duplicates and validates scopes.
 * @throws InvalidInputError it is not a list, one is not a valid scope, or there are too many
 */
export function normalizeScopes(scopes: readonly string[], { field, item, owner }: ScopeList): readonly string[] {
  const refuse = (message: string): never => {
    throw new InvalidInputError(field, message);
  };
  // A text would be a list of its characters.
  if (!Array.isArray(scopes)) refuse(`The ${item}s must be a list.`);
  const wanted = [...new Set(scopes)];
  if (!wanted.every((scope) => isScopeToken(scope) && scope.length <= MAX_ROLE_LENGTH))
    refuse(
      `A ${item} is 1 to ${String(MAX_ROLE_LENGTH)} visible ASCII characters without a space, a quotation mark or a backslash.`,
    );
  if (wanted.length > MAX_ROLES) refuse(`${owner} can have at most ${String(MAX_ROLES)} ${item}s.`);
  if (wanted.join(' ').length > MAX_LENGTH_TOGETHER)
    refuse(`All ${item}s together must be at most ${String(MAX_LENGTH_TOGETHER)} characters long.`);
  return wanted;
}
