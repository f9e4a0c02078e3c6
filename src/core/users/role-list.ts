import { InvalidInputError } from '../errors/errors.js';
import { isScopeToken } from '@auth-subgraph/verifier/internal';

export const MAX_ROLES = 50;
const MAX_ROLE_LENGTH = 64;
/** An access token with all roles still fits the 4096 characters that verifiers accept. */
export const MAX_LENGTH_TOGETHER = 1000;

/**
 * Removes duplicates and validates roles.
 * @throws InvalidInputError a role is not a valid scope, or there are too many
 */
export function normalizeRoles(roles: readonly string[]): readonly string[] {
  const wanted = [...new Set(roles)];
  if (!wanted.every((role) => isScopeToken(role) && role.length <= MAX_ROLE_LENGTH))
    throw new InvalidInputError(
      'roles',
      `A role is 1 to ${String(MAX_ROLE_LENGTH)} visible ASCII characters without a space, a quotation mark or a backslash.`,
    );
  if (wanted.length > MAX_ROLES)
    throw new InvalidInputError('roles', `A user can have at most ${String(MAX_ROLES)} roles.`);
  if (wanted.join(' ').length > MAX_LENGTH_TOGETHER)
    throw new InvalidInputError(
      'roles',
      `All roles together must be at most ${String(MAX_LENGTH_TOGETHER)} characters long.`,
    );
  return wanted;
}
